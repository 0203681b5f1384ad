using U2CMigration.Core.Results;
using U2CMigration.Transport.Messages;

namespace U2CMigration.Core.Source;

/// <summary>The moments of the downtime on the source's clock, each counted from the freeze. Each is the end of one part and the beginning of the next, so that no time is in none.</summary>
internal sealed class DowntimeTimeline
{
    public TimeSpan Frozen { get; set; }

    /// <summary>Until then the state was dumped and the tail sent.</summary>
    public TimeSpan Dumped { get; set; }

    public TimeSpan PageMapsComplete { get; set; }

    public TimeSpan ImagesSent { get; set; }

    /// <summary>The destination said that it holds the restored workload.</summary>
    public TimeSpan Restored { get; set; }

    public TimeSpan Committed { get; set; }

    /// <summary>The destination's word came that the workload runs.</summary>
    public TimeSpan HeardOfResume { get; set; }

    /// <summary>
    /// When the workload ran again: the destination tells how long ago that was when it sends its word, so that only the way of the message is too much. No clock is compared with that of another
    /// host, and a destination that tells nonsense cannot move the moment before the commit.
    /// </summary>
    /// <param name="resumed">What the destination said.</param>
    public TimeSpan ResumeOf(Resumed resumed)
    {
        TimeSpan sinceResume = PhaseNames.Find(resumed.Phases, PhaseNames.Announce);
        return sinceResume > TimeSpan.Zero && sinceResume < HeardOfResume - Committed ? HeardOfResume - sinceResume : HeardOfResume;
    }

    /// <summary>Tells what the downtime was spent on.</summary>
    /// <param name="resumed">What the destination said when the workload ran.</param>
    /// <param name="steps">What took how long within the parts.</param>
    public DowntimeBreakdown Break(Resumed resumed, FreezeSteps steps) => new()
    {
        Freeze = Frozen,
        DumpAndTail = Dumped - Frozen,
        TailScan = steps.TailScan,
        TailSend = steps.TailSend,
        Dump = steps.Dump,
        PageMaps = PageMapsComplete - Dumped,
        ImageTransfer = ImagesSent - PageMapsComplete,
        RestoreWait = Restored - ImagesSent,
        Check = PhaseNames.Find(steps.AtDestination, PhaseNames.Check),
        Restore = PhaseNames.Find(steps.AtDestination, PhaseNames.Restore),
        Confirmation = Committed - Restored,
        Commit = ResumeOf(resumed) - Committed,
        Resume = PhaseNames.Find(resumed.Phases, PhaseNames.Resume),
    };
}
