using U2CMigration.Core.Committing;
using U2CMigration.Transport.Messages;

namespace U2CMigration.Core.Records;

/// <summary>The directory in which a ledger lies, and what tells it from every other one.</summary>
internal static class LedgerFolder
{
    private const string IdFile = "ledger";

    /// <summary>Opens the ledger of a work directory, or begins one there.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static MigrationLedger Open(string workDirectory, IRestoredTrees trees) => new(new RecordFiles(workDirectory), trees, IdentityOf(workDirectory));

    /// <summary>The boot that this is.</summary>
    public static Guid BootId() => ReadId("/proc/sys/kernel/random/boot_id");

    /// <summary>The identity of the ledger in a work directory.</summary>
    public static LedgerIdentity IdentityOf(string workDirectory)
    {
        string path = Path.Combine(workDirectory, IdFile);
        for (int attempt = 0; ; attempt++)
        {
            if (ReadId(path) is var known && known != Guid.Empty)
            {
                return new LedgerIdentity(ReadId("/etc/machine-id"), BootId(), known);
            }

            if (attempt > 0)
            {
                throw new IOException($"'{path}' is no identity of a ledger. Remove it if no migration to this host is pending.");
            }

            Begin(path);
        }
    }

    /// <summary>Two receivers may begin at once, and the first one counts: a link never takes the place of a file.</summary>
    private static void Begin(string path)
    {
        string own = $"{path}.{Guid.NewGuid():N}";
        DurableFile.Write(own, System.Text.Encoding.ASCII.GetBytes(Guid.NewGuid().ToString("N") + "\n"));
        try
        {
            File.Move(own, path, overwrite: false);
        }
        catch (IOException) when (File.Exists(path))
        {
            File.Delete(own);
        }
    }

    private static Guid ReadId(string path)
    {
        try
        {
            return Guid.TryParse(File.ReadAllText(path).Trim(), out Guid id) ? id : Guid.Empty;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Guid.Empty;
        }
    }
}
