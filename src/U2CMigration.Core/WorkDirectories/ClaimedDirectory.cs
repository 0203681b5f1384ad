namespace U2CMigration.Core.WorkDirectories;

/// <summary>
/// A directory of one migration's images, locked (flock(2)) for as long as this process works with it. The kernel lets go of the lock when the process
/// is killed, and so the next one can tell what was left and remove it.
/// </summary>
internal sealed class ClaimedDirectory : IDisposable
{
    private const string ClaimName = ".claim";

    private readonly string _path;
    private readonly FileStream _claim;
    private bool _disposed;

    private ClaimedDirectory(string path, FileStream claim) => (_path, _claim) = (path, claim);

    /// <summary>Creates the directory.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static ClaimedDirectory Create(string path)
    {
        PrivateDirectory.Create(path);
        string claim = Path.Combine(path, ClaimName);

        // Locked before it gets its name: who finds it finds it locked.
        FileStream file = new(claim + ".new", FileMode.Create, FileAccess.Write, FileShare.None);
        File.Move(file.Name, claim);
        return new ClaimedDirectory(path, file);
    }

    /// <summary>Removes directories that processes left which were killed; those in use, and all that is not of this kind, are left alone.</summary>
    public static void RemoveAbandoned(string workDirectory)
    {
        foreach (string directory in Directory.EnumerateDirectories(workDirectory))
        {
            try
            {
                if (File.Exists(Path.Combine(directory, ClaimName)))
                {
                    using FileStream free = new(Path.Combine(directory, ClaimName), FileMode.Open, FileAccess.Write, FileShare.None);
                    LeftMounts.Detach(directory);
                    Directory.Delete(directory, recursive: true);
                }
            }
            catch (IOException)
            {
                // In use, or another process removes it at this moment.
            }
        }
    }

    /// <summary>Removes the directory with all that is in it.</summary>
    public void Dispose()
    {
        if (!_disposed)
        {
            _disposed = true;
            LeftMounts.Detach(_path);
            Directory.Delete(_path, recursive: true);
            _claim.Dispose();
        }
    }
}
