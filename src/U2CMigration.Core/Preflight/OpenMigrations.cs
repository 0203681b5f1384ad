using U2CMigration.Core.Committing;
using U2CMigration.Core.Records;

namespace U2CMigration.Core.Preflight;

/// <summary>A workload that is frozen because it is not known yet whether it runs elsewhere must not be moved once more.</summary>
internal static class OpenMigrations
{
    /// <summary>A sentence for each migration of a tree whose outcome is open.</summary>
    public static IEnumerable<string> Of(int rootProcessId, ulong startTime, string workDirectory)
    {
        IReadOnlyList<JournalEntry> open;
        try
        {
            open = new JournalFiles(workDirectory).Read();
        }
        catch (IOException e)
        {
            return [e.Message];
        }

        return open.Where(entry => entry.RootProcessId == rootProcessId && entry.StartTime == startTime && entry.BootId == LedgerFolder.BootId()).Select(static entry =>
            $"Process {entry.RootProcessId} is frozen: it was committed to {entry.Destination} by migration {entry.MigrationId}, and may run there. Settle that first (MigrationSession.FindInterrupted; agent: resolve).");
    }
}
