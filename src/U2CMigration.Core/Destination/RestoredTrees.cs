using U2CMigration.Core.Committing;
using U2CMigration.Core.Freezing;
using U2CMigration.PageTracking.Processes;

namespace U2CMigration.Core.Destination;

/// <summary>Restored processes by their control groups, which outlive the receiver.</summary>
internal sealed class RestoredTrees : IRestoredTrees
{
    public void Thaw(MigrationRecord record) => ArrivalGroup.Thaw(record.Groups);

    public void Kill(MigrationRecord record) => GroupEnd.Run(record.Groups);

    public bool IsAlive(MigrationRecord record) =>
        record.RootProcessId != 0 && ProcessTree.TryReadStat(record.RootProcessId, out ProcessStat stat) && !stat.HasEnded && stat.StartTimeTicks == record.StartTime;
}
