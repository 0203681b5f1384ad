using U2CMigration.Containers.Bundles;

namespace U2CMigration.Containers.Podman;

/// <summary>What a container of podman has changed in files that no one carries.</summary>
internal static class UpperFiles
{
    /// <summary>So many are named.</summary>
    public const int Named = 3;

    /// <summary>Files that podman makes in the root file system of every container.</summary>
    private static readonly string[] OfPodman = ["/etc/mtab", "/run/secrets"];

    /// <summary>The first changed files and directories in its root file system, as the container sees them. Mount points, and what leads to them, podman has made.</summary>
    /// <param name="processId">Its first process.</param>
    public static IReadOnlyList<string> Changed(int processId)
    {
        try
        {
            string[] mounts = File.ReadAllLines($"/proc/{processId}/mountinfo");
            if (ChangedFiles.UpperDirectory(mounts) is not { } upper)
            {
                // Another storage driver: what it has changed cannot be told from its image.
                return mounts.Any(static line => line.Split(' ') is [_, _, _, _, "/", var flags, ..] && flags.Split(',').Contains("ro")) ? [] : ["/"];
            }

            string[] points = [.. mounts.Select(static line => line.Split(' ')[4]), .. OfPodman];
            return
            [
                .. new DirectoryInfo(upper).EnumerateFileSystemInfos("*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0, IgnoreInaccessible = true })
                    .Where(entry => IsChange(entry, entry.FullName[upper.Length..], points)).Take(Named).Select(entry => entry.FullName[upper.Length..]),
            ];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Changed in this moment.
            return [$"({e.Message})"];
        }
    }

    /// <summary>The first files in its <c>/dev/shm</c>, which podman makes outside of the container.</summary>
    public static IReadOnlyList<string> InSharedMemory(int processId)
    {
        try
        {
            string directory = $"/proc/{processId}/root/dev/shm";
            return Directory.Exists(directory) ? [.. Directory.EnumerateFileSystemEntries(directory).Take(Named).Select(static path => $"/dev/shm/{Path.GetFileName(path)}")] : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [$"({e.Message})"];
        }
    }

    private static bool IsChange(FileSystemInfo entry, string path, string[] mountPoints)
    {
        // CRIU makes and removes directories in /tmp when it dumps.
        bool leadsToMount = path == "/tmp" || mountPoints.Any(point => point.StartsWith(path + "/", StringComparison.Ordinal));
        return !mountPoints.Contains(path) && !(entry is DirectoryInfo && leadsToMount);
    }
}
