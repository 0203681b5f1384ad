namespace MigrationEvents.Views;

/// <summary>Turns the stream of progress events into rounds and the phase that runs now.</summary>
public sealed class RoundHistory
{
    private readonly List<RoundState> _rounds = [];
    private long _wireBytes;
    private bool _open;

    public IReadOnlyList<RoundState> Rounds => _rounds;

    public string Phase { get; private set; } = "Created";

    public double ElapsedMs { get; private set; }

    /// <summary>Takes one event; tells what is finished by it, for views that print each thing once.</summary>
    public (bool PhaseChanged, RoundState? Finished) Add(ProgressEvent progress)
    {
        bool phaseChanged = progress.Phase != Phase;
        bool copying = progress.Phase is "PreCopy" or "StopAndCopy";
        bool frozen = progress.Phase == "StopAndCopy";
        RoundState? current = _open ? _rounds[^1] : null;
        RoundState? finished = null;
        if (current is not null && (!copying || current.Index != progress.Round || current.Frozen != frozen))
        {
            finished = Close(current);
            current = null;
        }

        if (copying && current is null)
        {
            current = new RoundState(progress.Round, progress.ElapsedMs, _wireBytes) { Frozen = frozen };
            _rounds.Add(current);
            _open = true;
        }

        if (current is not null)
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

    /// <summary>A round that sent nothing was only looked at, before the decision to stop; it is sent while the workload is frozen.</summary>
    private RoundState? Close(RoundState round)
    {
        _open = false;
        if (round.PagesSent > 0)
        {
            return round;
        }

        _rounds.RemoveAt(_rounds.Count - 1);
        return null;
    }
}
