using U2CMigration.Core.Errors;
using U2CMigration.Core.Sessions;

namespace U2CMigration.Core.Source;

/// <summary>What is said of a migration that cannot be settled.</summary>
internal static class SettlementWords
{
    /// <summary>The answer came from a ledger that was not there.</summary>
    public static MigrationException NotKnown(string destination, Guid migrationId) => new(
        $"Another receiver answers at {destination} than the one that took migration {migrationId}: its record is a new one, of another directory or another host, and does not know whether the workload runs. The workload stays frozen here. "
        + "Start the receiver on the host and with the work directory that it had, and ask again; or look there for the workload yourself, and decide.",
        MigrationPhase.InDoubt,
        WorkloadState.Frozen,
        isTransient: false);
}
