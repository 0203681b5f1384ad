namespace U2CMigration.Containers.Bundles;

/// <summary>Finds what a container has changed in its root file system. An overlay of its own holds nothing else in its upper directory; elsewhere the time of the last change tells.</summary>
internal static class ChangedFiles
{
    private const int Named = 3;

    /// <summary>The first changed files and directories, as the container sees them.</summary>
    /// <param name="processId">The first process of the container.</param>
    /// <param name="rootFileSystem">Its root file system on this host.</param>
    /// <param name="created">When it was created.</param>
    public static IReadOnlyList<string> Find(int processId, string rootFileSystem, DateTimeOffset created)
    {
        try
        {
            return UpperDirectory(File.ReadAllLines($"/proc/{processId}/mountinfo")) is { } upper
                ? [.. Entries(upper).Take(Named).Select(entry => entry.FullName[upper.Length..])]
                : [.. Entries(rootFileSystem).Where(entry => entry.LastWriteTimeUtc > created.UtcDateTime && !IsWorkplace(entry, rootFileSystem)).Take(Named).Select(entry => entry.FullName[rootFileSystem.TrimEnd('/').Length..])];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Changed in this moment.
            return [$"({e.Message})"];
        }
    }

    /// <summary>The upper directory of the root, where that is an overlay of the container's own; null otherwise.</summary>
    internal static string? UpperDirectory(IEnumerable<string> mounts)
    {
        foreach (string line in mounts)
        {
            string[] halves = line.Split(" - ", 2);
            if (halves is [var left, var right] && left.Split(' ') is [_, _, _, "/", "/", ..] && right.StartsWith("overlay ", StringComparison.Ordinal))
            {
                string? option = right.Split(' ', 3)[2].Split(',').FirstOrDefault(static one => one.StartsWith("upperdir=/", StringComparison.Ordinal));
                return option is not null && Directory.Exists(option["upperdir=".Length..]) ? option["upperdir=".Length..] : null;
            }
        }

        return null;
    }

    /// <summary>CRIU makes and removes directories there when it dumps; files in it are looked at all the same.</summary>
    private static bool IsWorkplace(FileSystemInfo entry, string rootFileSystem) => entry is DirectoryInfo && entry.FullName == Path.Combine(rootFileSystem, "tmp");

    private static IEnumerable<FileSystemInfo> Entries(string directory) => new DirectoryInfo(directory).EnumerateFileSystemInfos(
        "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0, IgnoreInaccessible = true });
}
