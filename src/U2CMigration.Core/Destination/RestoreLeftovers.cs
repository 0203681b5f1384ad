using U2CMigration.Criu.Images;

namespace U2CMigration.Core.Destination;

/// <summary>
/// Files that a restore makes beside the processes, and which stay behind when it fails or is killed: sockets that it binds, and deleted files that it makes again under a
/// name of their own. What was there before is not touched.
/// </summary>
internal sealed class RestoreLeftovers
{
    /// <summary>Images of mount namespaces: paths in there are not paths of this process.</summary>
    private const string MountImages = "mountpoints-*.img";

    private readonly List<string> _paths;

    private RestoreLeftovers(List<string> paths) => _paths = paths;

    /// <summary>Nothing.</summary>
    public static RestoreLeftovers None { get; } = new([]);

    /// <summary>Notes what the restore will make; to be called before it.</summary>
    public static RestoreLeftovers Foresee(ImageDirectory images)
    {
        if (Directory.EnumerateFiles(images.Path, MountImages).Any())
        {
            return new RestoreLeftovers([]);
        }

        IEnumerable<string> sockets = SocketImage.ReadUnixPaths(images).Select(static one => Path.Combine("/", one.StartsFrom, one.Path));
        return new RestoreLeftovers([.. sockets.Concat(GhostFileImage.ReadRestorePaths(images).Select(static path => Path.Combine("/", path))).Distinct().Where(static path => !File.Exists(path))]);
    }

    /// <summary>Removes what it has made; to be called when its processes are gone.</summary>
    public void Remove()
    {
        foreach (string path in _paths)
        {
            try
            {
                File.Delete(path);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Not made, or its directory is gone.
            }
        }
    }
}
