using System.Text.Json;
using U2CMigration.Core.Committing;
using U2CMigration.Core.Interop;

namespace U2CMigration.Core.Records;

/// <summary>Records as one small file each in the work directory of receivers.</summary>
internal sealed class RecordFiles(string directory) : IMigrationRecords
{
    private const string Extension = ".state";
    private const string ClaimExtension = ".turn";

    public MigrationRecord? Read(Guid migrationId)
    {
        string path = PathOf(migrationId, Extension);
        try
        {
            // What another receiver has written, and died before it was flushed, counts from now on.
            DirectoryFlush.TryRun(directory);
            return File.Exists(path) ? JsonSerializer.Deserialize(File.ReadAllBytes(path), RecordText.Default.MigrationRecord) : null;
        }
        catch (Exception e) when (e is JsonException or UnauthorizedAccessException)
        {
            throw new IOException($"The record of migration {migrationId}, {path}, cannot be read: {e.Message}", e);
        }
    }

    public void Write(Guid migrationId, MigrationRecord record) =>
        DurableFile.Write(PathOf(migrationId, Extension), JsonSerializer.SerializeToUtf8Bytes(record, RecordText.Default.MigrationRecord));

    public IDisposable? TryClaim(Guid migrationId) => FileClaim.TryTake(PathOf(migrationId, ClaimExtension));

    public IReadOnlyList<Guid> List() =>
        [.. Directory.EnumerateFiles(directory, "*" + Extension).Select(static path => Guid.TryParse(Path.GetFileNameWithoutExtension(path), out Guid id) ? id : Guid.Empty).Where(static id => id != Guid.Empty)];

    public TimeSpan AgeOf(Guid migrationId) => TimeProvider.System.GetUtcNow().UtcDateTime - File.GetLastWriteTimeUtc(PathOf(migrationId, Extension));

    public void Remove(Guid migrationId)
    {
        try
        {
            File.Delete(PathOf(migrationId, Extension));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Another receiver has removed it.
        }
    }

    private string PathOf(Guid migrationId, string extension) => Path.Combine(directory, migrationId.ToString("N") + extension);
}
