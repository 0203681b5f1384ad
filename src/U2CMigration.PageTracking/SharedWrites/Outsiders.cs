using System.Globalization;
using U2CMigration.PageTracking.Processes;
using U2CMigration.PageTracking.SharedObjects;

namespace U2CMigration.PageTracking.SharedWrites;

/// <summary>Looks through all processes of the host for those outside the tree that map objects or have them open.</summary>
internal static class Outsiders
{
    /// <summary>Finds the objects that others have.</summary>
    /// <param name="tree">The processes of the tree.</param>
    /// <param name="objects">The objects that are looked for.</param>
    /// <param name="areFiles">Whether there are memory files among them, which may be open without being mapped.</param>
    /// <returns>Those that somebody else has; null when it cannot be told.</returns>
    /// <remarks>It ends when no process is left that came while it looked: a process gets what it maps from its parent, and anyone who maps an object afterwards is told by the kernel.</remarks>
    internal static HashSet<((uint Major, uint Minor) Device, ulong Inode)>? Find(IEnumerable<int> tree, IReadOnlyCollection<((uint Major, uint Minor) Device, ulong Inode)> objects, bool areFiles)
    {
        var seen = new HashSet<int>(tree) { Environment.ProcessId };
        var found = objects.ToDictionary(static key => key, static _ => new List<SharedArea>());
        var open = new HashSet<((uint Major, uint Minor) Device, ulong Inode)>();
        try
        {
            for (bool any = true; any;)
            {
                any = false;
                foreach (int processId in All().Where(seen.Add))
                {
                    any = true;
                    if (!TryLook(processId, found) || (areFiles && !TryLookForOpen(processId, open)))
                    {
                        return null;
                    }
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }

        return [.. found.Where(pair => pair.Value.Count > 0 || open.Contains(pair.Key)).Select(static pair => pair.Key)];
    }

    private static bool TryLook(int processId, Dictionary<((uint Major, uint Minor) Device, ulong Inode), List<SharedArea>> found)
    {
        try
        {
            SharedAreas.AddTo(processId, null, found);
        }
        catch (PageTrackingException e)
        {
            return e.IsProcessGone;
        }

        // The map of a main thread that has ended is empty, whatever the others have.
        return !ProcessTree.TryReadStat(processId, out ProcessStat stat) || !stat.HasEnded || ProcessTree.Threads(processId).Count <= 1;
    }

    private static bool TryLookForOpen(int processId, HashSet<((uint Major, uint Minor) Device, ulong Inode)> open)
    {
        try
        {
            open.UnionWith(Descriptors.Of(processId)
                .Where(static one => one.Link.StartsWith(Descriptors.MemoryFilePrefix, StringComparison.Ordinal))
                .Select(static one => ObjectState.TryIdentify(one.Path))
                .OfType<((uint Major, uint Minor) Device, ulong Inode)>());
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return !ProcessTree.IsAlive(processId);
        }
    }

    private static List<int> All()
    {
        List<int> all = [];
        foreach (string directory in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(directory.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out int processId))
            {
                all.Add(processId);
            }
        }

        return all;
    }
}
