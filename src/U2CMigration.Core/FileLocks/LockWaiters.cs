using System.Globalization;
using U2CMigration.Core.Interop;
using U2CMigration.PageTracking.Processes;

namespace U2CMigration.Core.FileLocks;

/// <summary>Finds processes outside of a tree that wait for its file locks: they would get a lock in the moment in which it passes from one host to the other.</summary>
internal static class LockWaiters
{
    /// <summary>The problems on file systems that several hosts can share; on others the destination has a file of its own, most likely, and nobody there waits.</summary>
    public static IEnumerable<string> FindOnSharedFileSystems(IReadOnlyList<int> tree) => Find(tree, static path => FileSystems.CanBeShared(path));

    /// <summary>The problems, for locks that are known to be seen by both hosts.</summary>
    public static IEnumerable<string> Find(IReadOnlyList<int> tree) => Find(tree, static _ => true);

    private static IEnumerable<string> Find(IReadOnlyList<int> tree, Predicate<string> concerns)
    {
        IReadOnlyList<(LockTable.Entry Held, LockTable.Entry Waiting)> pairs = LockTable.ReadWaiting();
        if (pairs.Count == 0)
        {
            yield break;
        }

        var inTree = tree.ToHashSet();
        Dictionary<string, string>? files = null;
        foreach ((LockTable.Entry held, LockTable.Entry waiting) in pairs)
        {
            if (inTree.Contains(waiting.ProcessId) || held.ProcessId >= 0 && !inTree.Contains(held.ProcessId))
            {
                continue;
            }

            // A lock of an open file description names no process: it is the tree's if the file is.
            files ??= FilesOf(tree);
            if (files.TryGetValue(held.File, out string? descriptor) && concerns(descriptor))
            {
                string path = new FileInfo(descriptor).LinkTarget ?? held.File;
                yield return string.Create(
                    CultureInfo.InvariantCulture,
                    $"{NameOf(waiting.ProcessId)} waits for a lock that the workload holds ({held.Kind}, bytes {held.Range}) on {path}; it would get it while the lock passes to the destination. End it, or let it try again after the migration.");
            }
        }
    }

    /// <summary>By device and inode as the kernel prints them, each with a descriptor of it.</summary>
    private static Dictionary<string, string> FilesOf(IReadOnlyList<int> tree)
    {
        var files = new Dictionary<string, string>();
        foreach (TreeLocks.Lock one in TreeLocks.Of(tree))
        {
            files.TryAdd(one.Entry.File, one.Descriptor);
        }

        return files;
    }

    /// <remarks>For locks of an open file description the kernel names no process, not even one that waits.</remarks>
    private static string NameOf(int processId) => processId <= 0
        ? processId < 0 ? "A process that the kernel does not name" : "A process in another PID namespace"
        : string.Create(CultureInfo.InvariantCulture, $"Process {processId} ({ProcessTree.TryReadStatus(processId)?.Name ?? "already gone"})");
}
