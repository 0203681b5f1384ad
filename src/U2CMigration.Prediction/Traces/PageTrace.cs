using U2CMigration.PageTracking.Recorded;

namespace U2CMigration.Prediction.Traces;

/// <summary>A recorded series of samples. Read it with <see cref="TraceReader"/>, write it with <see cref="TraceWriter"/>.</summary>
/// <param name="Header">What it is of.</param>
/// <param name="Samples">The samples, oldest first. The first reports every resident page as dirty.</param>
public sealed record PageTrace(TraceHeader Header, IReadOnlyList<TraceSample> Samples)
{
    /// <summary>A tracker that reports sample after sample.</summary>
    public RecordedPageTracker Replay() => new([.. Samples.Select(static sample => new RecordedRound(sample.Dirty, null))]);
}
