namespace MigrationEvents.Views;

/// <summary>Turns the stream of progress events into rounds and the phase that runs now.</summary>
public sealed class RoundHistory
{
    private readonly List<RoundState> _rounds = [];
    private long _wireBytes;

    public IReadOnlyList<RoundState> Rounds => _rounds;

    public string Phase { get; private set; } = "Created";

    public double ElapsedMs { get; private set; }

    /// <summary>Takes one event; tells what is finished by it, for views that print each thing once.</summary>
    public (bool PhaseChanged, RoundState? Finished) Add(ProgressEvent progress)
    {
        bool phaseChanged = progress.Phase != Phase;
        RoundState? finished = null;
        bool copying = progress.Phase is "PreCopy" or "StopAndCopy";
        RoundState? current = _rounds.Count > 0 ? _rounds[^1] : null;
        bool frozen = progress.Phase == "StopAndCopy";
        if (current is not null && phaseChanged && Phase is "PreCopy" or "StopAndCopy")
        {
            finished = current;
        }

        if (copying && (current is null || current.Index != progress.Round || current.Frozen != frozen))
        {
            finished ??= current;
            current = new RoundState(progress.Round, progress.ElapsedMs, _wireBytes) { Frozen = frozen };
            _rounds.Add(current);
        }

        if (copying && current is not null)
        {
            current.Pages = progress.RoundPages;
            current.PagesSent = progress.RoundPagesSent;
            current.WireBytes = progress.WireBytes - current.WireBefore;
            current.BytesPerSecond = progress.BytesPerSecond;
            current.ExpectedDowntimeMs = progress.ExpectedDowntimeMs;
            current.EndMs = progress.ElapsedMs;
        }

        _wireBytes = progress.WireBytes;
        Phase = progress.Phase;
        ElapsedMs = progress.ElapsedMs;
        return (phaseChanged, finished);
    }
}
