using U2CMigration.Transport.Messages;

namespace U2CMigration.Core.Committing;

/// <summary>What follows for the frozen original from what a destination says.</summary>
internal static class SettlementRule
{
    /// <summary>Decides. Only the ledger that gave the promise knows what became of it: an empty one, of another directory or another host, has heard of nothing.</summary>
    /// <param name="promised">The ledger that the destination named when it accepted.</param>
    /// <param name="answer">The answer.</param>
    public static DestinationVerdict Decide(LedgerIdentity promised, State answer)
    {
        if (answer.Ledger is not { } from || from.LedgerId != promised.LedgerId || from.HostId != promised.HostId)
        {
            return DestinationVerdict.NotKnown;
        }

        return answer.Value switch
        {
            MigrationState.Resumed => DestinationVerdict.Runs,
            MigrationState.Aborted => DestinationVerdict.DoesNotRun,
            MigrationState.Unknown => DestinationVerdict.NotKnown,
            MigrationState.Committed => DestinationVerdict.WaitsForLocks,
            _ => DestinationVerdict.Undecided,
        };
    }
}
