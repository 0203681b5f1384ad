using System.Text.Json;

namespace U2CMigration.Core.Committing.Files;

/// <summary>The journal as one small file for each migration in the work directory of sources.</summary>
internal sealed class JournalFiles(string workDirectory) : ISourceJournal
{
    private const string Extension = ".journal";

    public void Write(JournalEntry entry) => DurableFile.Write(PathOf(entry.MigrationId), JsonSerializer.SerializeToUtf8Bytes(entry, RecordText.Default.JournalEntry));

    public void Remove(Guid migrationId)
    {
        File.Delete(PathOf(migrationId));
    }

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
                // Settled meanwhile.
            }
            catch (JsonException e)
            {
                throw new IOException($"'{path}' is no journal of a migration: {e.Message}", e);
            }
        }

        return entries;
    }

    private string PathOf(Guid migrationId) => Path.Combine(workDirectory, migrationId.ToString("N") + Extension);
}
