using Microsoft.Extensions.Logging;
using U2CMigration.Core.Committing;
using U2CMigration.Core.ConnectionLocks;
using U2CMigration.Core.Freezing;
using U2CMigration.Core.Processes;
using U2CMigration.PageTracking.Processes;

namespace U2CMigration.Core.Destination;

/// <summary>Restored processes by their control groups, which outlive the receiver.</summary>
internal sealed class RestoredTrees(ILogger logger) : IRestoredTrees
{
    public void Thaw(MigrationRecord record) => ArrivalGroup.Thaw(record.Groups);

    public void Kill(MigrationRecord record)
    {
        // Their connections live on at the source: that sockets end here must not be said to the peers.
        using var quiet = QuietEnd.Prepare(record.RootProcessId == 0 ? [] : ProcessTree.List(record.RootProcessId), logger);
        GroupEnd.Run(record.Groups);
        ArrivalGroup.Remove(record.Groups);
    }

    public void Forget(MigrationRecord record) => UndoingCommand.Run(record.RemovalCommand, "what the owner of the workload has made for it", logger);

    public void CleanUp(MigrationRecord record) => ArrivalGroup.Remove(record.Groups.Where(ArrivalGroup.IsOfCriu));

    public bool IsAlive(MigrationRecord record) =>
        record.Groups.Any(static group => Directory.Exists(group) && CgroupDirectories.Members(group).Count > 0)
        || record.RootProcessId != 0 && ProcessTree.TryReadStat(record.RootProcessId, out ProcessStat stat) && !stat.HasEnded && stat.StartTimeTicks == record.StartTime;
}
