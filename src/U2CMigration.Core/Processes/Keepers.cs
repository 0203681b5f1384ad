using U2CMigration.Core.Committing;
using U2CMigration.Core.Interop;
using U2CMigration.PageTracking.Processes;

namespace U2CMigration.Core.Processes;

/// <summary>The processes that look after a tree for its owner (<see cref="Owners.OwnedTree.Keepers"/>).</summary>
internal static class Keepers
{
    /// <summary>Those of them that are there.</summary>
    public static IReadOnlyList<KnownProcess> Of(IEnumerable<int> processIds) =>
        [.. from processId in processIds where ProcessTree.TryReadStat(processId, out ProcessStat stat) && !stat.HasEnded select new KnownProcess(processId, StartOf(processId))];

    /// <summary>Ends them, before the tree: what is sent a signal that kills does not run any more, so that none of them can act on the end of the tree.</summary>
    public static void End(IEnumerable<KnownProcess> keepers)
    {
        foreach (KnownProcess keeper in keepers.Where(static keeper => StartOf(keeper.ProcessId) == keeper.StartTime))
        {
            Signals.Send(keeper.ProcessId, Signals.Kill);
        }
    }

    private static ulong StartOf(int processId) => ProcessTree.TryReadStat(processId, out ProcessStat stat) ? stat.StartTimeTicks : 0;
}
