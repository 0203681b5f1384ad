using U2CMigration.PageTracking.Pages;
using U2CMigration.PageTracking.Trackers;

namespace U2CMigration.Core.Source;

/// <summary>The private pages of the frozen tree: their own page map has the last word.</summary>
internal sealed class FrozenPageMap(IPageTracker tracker)
{
    /// <summary>All of them.</summary>
    public PageSet Resident { get; } = new();

    /// <summary>Those that were written while CRIU dumped.</summary>
    public PageSet TouchedByDump { get; } = new();

    /// <summary>Lists all.</summary>
    public void Look(CancellationToken cancellationToken)
    {
        Resident.Clear();
        tracker.CollectResident(Resident, cancellationToken);
    }

    /// <summary>Looks what the dump changed: CRIU ran code inside the tasks, and the kernel has updated their restartable sequence areas, at least.</summary>
    public void LookAgain(CancellationToken cancellationToken)
    {
        tracker.Collect(TouchedByDump, cancellationToken);
        var added = new PageSet();
        TouchedByDump.ExceptTo(Resident, added);
        if (added.PageCount > 0)
        {
            // A tracker in doubt names pages that are not there.
            Look(cancellationToken);
        }
    }
}
