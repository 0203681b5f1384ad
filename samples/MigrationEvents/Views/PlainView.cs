namespace MigrationEvents.Views;

/// <summary>One line per phase and per finished round, for logs and pipes.</summary>
public sealed class PlainView(TextWriter output) : IProgressView
{
    private readonly RoundHistory _history = new();
    private readonly Lock _gate = new();

    public void Report(ProgressEvent progress)
    {
        lock (_gate)
        {
            (bool phaseChanged, RoundState? finished) = _history.Add(progress);
            if (finished is not null)
            {
                string name = finished.Frozen ? "last" : $"{finished.Index,4}";
                output.WriteLine(
                    $"  round {name}  {Figures.Count(finished.PagesSent),9} of {Figures.Count(finished.Pages),9} pages  {Figures.Bytes(finished.WireBytes),9}"
                    + $"  {Figures.Rate(finished.BytesPerSecond),12}  expected downtime {(finished.ExpectedDowntimeMs is { } expected ? Figures.Milliseconds(expected) : "unknown")}");
            }

            if (phaseChanged)
            {
                output.WriteLine($"  {progress.ElapsedMs,7:F0} ms  {progress.Phase}");
            }
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
