namespace U2CMigration.Core.Filling;

/// <summary>Says in the work directory of a receiver that pages of a workload may still be missing. An empty file: to take it away works on a full disk as well.</summary>
internal sealed class FillMarker(string workDirectory, Guid migrationId)
{
    private const string Missing = ".filling";
    private const string Complete = ".filled";

    /// <summary>Where it is while pages are missing.</summary>
    public string Path => PathOf(Missing);

    /// <summary>Where it is when none is, and something else may have to be cleared away.</summary>
    public string CompletePath => PathOf(Complete);

    /// <summary>Whether pages may be missing.</summary>
    public bool IsMissing => File.Exists(Path);

    public Guid MigrationId => migrationId;

    /// <summary>Those that were left.</summary>
    public static IReadOnlyList<FillMarker> List(string workDirectory) =>
    [
        .. Directory.EnumerateFiles(workDirectory, "*.fill*")
            .Where(static path => System.IO.Path.GetExtension(path) is Missing or Complete)
            .Select(static path => Guid.TryParseExact(System.IO.Path.GetFileNameWithoutExtension(path), "N", out Guid id) ? id : Guid.Empty)
            .Where(static id => id != Guid.Empty)
            .Distinct()
            .Select(id => new FillMarker(workDirectory, id)),
    ];

    /// <summary>Pages may be missing from now on.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Create() => File.WriteAllBytes(Path, []);

    /// <summary>No page is missing any more.</summary>
    /// <returns>False when that cannot be written down.</returns>
    public bool TryComplete()
    {
        try
        {
            File.Move(Path, CompletePath, overwrite: true);
            return true;
        }
        catch (FileNotFoundException)
        {
            // Somebody has cleared the directory: without a marker no one looks for anything.
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>All is done.</summary>
    public void Remove()
    {
        try
        {
            File.Delete(Path);
            File.Delete(CompletePath);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The next receiver does it.
        }
    }

    private string PathOf(string extension) => System.IO.Path.Combine(workDirectory, migrationId.ToString("N") + extension);
}
