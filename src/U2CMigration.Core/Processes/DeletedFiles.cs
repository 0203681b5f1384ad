using U2CMigration.Core.Interop;

namespace U2CMigration.Core.Processes;

/// <summary>Finds the deleted files of a workload: their content is in no place that the destination could see, so it travels in CRIU's images while the workload is frozen.</summary>
internal static class DeletedFiles
{
    private const string Deleted = " (deleted)";

    /// <summary>Mappings whose files never had a name: memory, which travels as such.</summary>
    private static readonly string[] NamelessPrefixes = ["/memfd:", "/dev/zero (deleted)", "/SYSV", "/[aio]", "/anon_hugepage", "/secretmem"];

    private const long ProcFileSystem = 0x9FA0;

    /// <summary>Each file once, whatever number of processes and descriptors it has.</summary>
    /// <param name="processIds">The processes.</param>
    /// <param name="mapped">Whether mapped files count too, which takes a look at each mapping.</param>
    public static IReadOnlyList<DeletedFile> Find(IEnumerable<int> processIds, bool mapped = true)
    {
        var files = new Dictionary<(ulong Device, ulong Inode), DeletedFile>();
        foreach (int processId in processIds)
        {
            foreach (string path in LinksOf(processId, mapped))
            {
                // What a process had in /proc is gone with it and has no content: CRIU opens the same of another one that has ended.
                if (NameOf(path, processId) is { } name && StatFs.TypeOf(path) != ProcFileSystem && FileStatus.TryRead(path) is { } status)
                {
                    files.TryAdd((status.Device, status.Inode), new DeletedFile(processId, name, status.IsRegular ? status.Bytes : 0, status.Links > 0));
                }
            }
        }

        return [.. files.Values];
    }

    /// <summary>The bytes of the files that travel.</summary>
    public static long TotalBytes(IEnumerable<DeletedFile> files) => files.Where(static file => !file.HasOtherNames).Sum(static file => file.Bytes);

    private static IEnumerable<string> LinksOf(int processId, bool mapped) =>
    [
        .. Entries($"/proc/{processId}/fd"),
        .. mapped ? Entries($"/proc/{processId}/map_files") : [],
        $"/proc/{processId}/exe",
        $"/proc/{processId}/cwd",
        $"/proc/{processId}/root",
    ];

    private static string[] Entries(string directory)
    {
        try
        {
            return Directory.GetFileSystemEntries(directory);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>The name that a deleted file had; null for one that is not deleted.</summary>
    private static string? NameOf(string path, int processId)
    {
        string? target;
        try
        {
            target = new FileInfo(path).LinkTarget;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }

        if (target is null || !target.EndsWith(Deleted, StringComparison.Ordinal) || Array.Exists(NamelessPrefixes, prefix => target.StartsWith(prefix, StringComparison.Ordinal)))
        {
            return null;
        }

        // A file may really have such a name.
        return File.Exists($"/proc/{processId}/root{target}") ? null : target[..^Deleted.Length];
    }
}
