using System.Collections.Frozen;

namespace U2CMigration.Criu.Images;

/// <summary>How much memory a dump holds, and how much of it a restore has to wait for.</summary>
/// <param name="LazyBytes">Memory that is in no file of the images: served after the restore, or written into the pages files before it.</param>
/// <param name="EagerBytes">Memory that is in the pages files and has to be there before the restore, by kind.</param>
public sealed record ImageMemory(long LazyBytes, IReadOnlyDictionary<MemoryKind, long> EagerBytes)
{
    /// <summary>The sum of <see cref="EagerBytes"/>.</summary>
    public long TotalEagerBytes => EagerBytes.Values.Sum();

    /// <summary>Adds up the pagemaps of a dump.</summary>
    /// <param name="directory">The images.</param>
    /// <returns>The sums.</returns>
    /// <exception cref="CriuException">A file is damaged.</exception>
    public static ImageMemory Measure(ImageDirectory directory)
    {
        ArgumentNullException.ThrowIfNull(directory);
        long lazy = 0;
        var eager = new Dictionary<MemoryKind, long>();
        var shared = new Dictionary<ulong, MemoryKind>();
        foreach (ImageTask task in directory.ReadTasks())
        {
            IReadOnlyList<MemoryArea> areas = directory.ReadMemoryAreas(task.ProcessId);
            // The number of a mapped file is another one, and may be the same by chance.
            foreach (MemoryArea area in areas.Where(static area => area.SharedMemoryId != 0 && area.Kind is MemoryKind.SharedAnonymous or MemoryKind.SystemV or MemoryKind.HugePages))
            {
                shared.TryAdd(area.SharedMemoryId, area.Kind);
            }

            int index = 0;
            foreach (PagemapEntry entry in directory.ReadPagemap(task.ProcessId)?.Entries ?? [])
            {
                while (index < areas.Count - 1 && areas[index].End <= entry.Address)
                {
                    index++;
                }

                MemoryKind kind = index < areas.Count ? areas[index].Kind : MemoryKind.Special;
                lazy += Add(eager, kind, entry);
            }
        }

        foreach (ulong id in directory.SharedMemoryWithPagemap())
        {
            MemoryKind kind = shared.GetValueOrDefault(id, MemoryKind.MemoryFile);
            foreach (PagemapEntry entry in directory.ReadSharedPagemap(id)?.Entries ?? [])
            {
                lazy += Add(eager, kind, entry);
            }
        }

        return new ImageMemory(lazy, eager.ToFrozenDictionary());
    }

    /// <summary>Adds what is eager and returns what is not.</summary>
    private static long Add(Dictionary<MemoryKind, long> eager, MemoryKind kind, PagemapEntry entry)
    {
        long bytes = entry.Pages * Environment.SystemPageSize;
        if (entry.IsLazyOnly || entry.Places == PagePlaces.None)
        {
            return bytes;
        }

        eager[kind] = eager.GetValueOrDefault(kind) + bytes;
        return 0;
    }
}
