using System.Text.Json;
using U2CMigration.Core.Committing;

namespace U2CMigration.Core.Records;

/// <summary>The journal as one small file for each migration in the work directory of sources.</summary>
internal sealed class JournalFiles(string workDirectory) : ISourceJournal
{
    private const string Extension = ".journal";
    private const string ClaimExtension = ".session";

    public void Write(JournalEntry entry)
    {
        WorkDirectories.PrivateDirectory.Create(workDirectory);
        DurableFile.Write(PathOf(entry.MigrationId, Extension), JsonSerializer.SerializeToUtf8Bytes(entry, RecordText.Default.JournalEntry));
    }

    public void Remove(Guid migrationId) => File.Delete(PathOf(migrationId, Extension));

    public IReadOnlyList<JournalEntry> Read()
    {
        if (!Directory.Exists(workDirectory))
        {
            return [];
        }

        var entries = new List<JournalEntry>();
        foreach (string path in Directory.EnumerateFiles(workDirectory, "*" + Extension))
        {
            try
            {
                entries.Add(JsonSerializer.Deserialize(File.ReadAllBytes(path), RecordText.Default.JournalEntry)!);
            }
            catch (FileNotFoundException)
            {
                // Settled in the meantime.
            }
            catch (JsonException e)
            {
                throw new IOException($"'{path}' is no journal of a migration: {e.Message}", e);
            }
        }

        return entries;
    }

    /// <summary>Keeps other programs from settling a migration for as long as the result lives; null while another one works on it.</summary>
    public IDisposable? TryClaim(Guid migrationId)
    {
        WorkDirectories.PrivateDirectory.Create(workDirectory);
        return FileClaim.TryTake(PathOf(migrationId, ClaimExtension));
    }

    private string PathOf(Guid migrationId, string extension) => Path.Combine(workDirectory, migrationId.ToString("N") + extension);
}
