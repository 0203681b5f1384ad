using U2CMigration.PageTracking.Pages;
using U2CMigration.PageTracking.Trackers;

namespace U2CMigration.PageTracking.Recorded;

/// <summary>Replays recorded rounds in place of a real process tree. See <see cref="RecordingBuilder"/> to write them by hand.</summary>
public sealed class RecordedPageTracker : IPageTracker
{
    private readonly IReadOnlyList<RecordedRound> _rounds;
    private PageSet _seen = new();

    /// <summary>Replays rounds.</summary>
    /// <param name="rounds">What each call of <see cref="Collect"/> reports; behind the last one nothing is written any more.</param>
    public RecordedPageTracker(IReadOnlyList<RecordedRound> rounds)
    {
        ArgumentNullException.ThrowIfNull(rounds);
        _rounds = rounds;
        ProcessIds = [.. rounds.SelectMany(static round => round.Dirty.Processes).Select(static pages => pages.ProcessId).Distinct()];
    }

    /// <inheritdoc/>
    public string Name => "recorded";

    /// <inheritdoc/>
    /// <remarks>All processes of the record, from the beginning.</remarks>
    public IReadOnlyList<int> ProcessIds { get; }

    /// <summary>How many rounds were collected.</summary>
    public int CollectedRounds { get; private set; }

    /// <inheritdoc/>
    public void Collect(PageSet dirty, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(dirty);
        cancellationToken.ThrowIfCancellationRequested();
        if (CollectedRounds < _rounds.Count)
        {
            PageSet written = _rounds[CollectedRounds].Dirty;
            PageSet seen = new();
            _seen.UnionTo(written, seen);
            _seen = seen;
            Copy(written, dirty);
        }

        foreach (int processId in ProcessIds)
        {
            dirty.Of(processId);
        }

        CollectedRounds++;
    }

    /// <inheritdoc/>
    /// <remarks>What the round collected last says, or else every page seen so far.</remarks>
    public void CollectResident(PageSet resident, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(resident);
        cancellationToken.ThrowIfCancellationRequested();
        int last = Math.Min(CollectedRounds, _rounds.Count) - 1;
        Copy(last < 0 ? _seen : _rounds[last].Resident ?? _seen, resident);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private static void Copy(PageSet from, PageSet to)
    {
        foreach (ProcessPages process in from.Processes)
        {
            to.Of(process.ProcessId);
            foreach (PageRange range in process.Ranges)
            {
                to.Add(process.ProcessId, range.Start, range.End);
            }
        }
    }
}
