using U2CMigration.PageTracking.Pages;
using U2CMigration.PageTracking.SystemLevel;

namespace U2CMigration.Strategy.Replay;

/// <summary>A workload whose every write is known in advance. Time is counted from the beginning of the migration.</summary>
/// <remarks>Safe for concurrent reading: many migrations replay the same workload.</remarks>
public interface IReplayedWorkload
{
    /// <summary>The resident pages when the migration begins.</summary>
    PageSet Resident { get; }

    /// <summary>Adds the pages that were written in a span of time.</summary>
    /// <param name="from">The beginning, excluded.</param>
    /// <param name="until">The end, included.</param>
    /// <param name="written">Receives the pages; empty.</param>
    void Collect(TimeSpan from, TimeSpan until, PageSet written);

    /// <summary>What the system was doing at a moment.</summary>
    /// <param name="at">The moment.</param>
    SystemSample SystemAt(TimeSpan at);
}
