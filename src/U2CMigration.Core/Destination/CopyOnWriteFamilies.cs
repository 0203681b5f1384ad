using U2CMigration.Core.PageStores;
using U2CMigration.Criu.Images;
using U2CMigration.Transport.Pages;

namespace U2CMigration.Core.Destination;

/// <summary>Finds memory that a child has in common with its parent by copy-on-write, so that it can be in common here as well.</summary>
/// <remarks>
/// Pages that are given on first touch are given to each process by itself: eight children of a process then need nine times its memory. Restored before the resume, CRIU has the
/// children inherit the memory of their parents and keeps a page shared where both have the same in it. So just those pages are restored so, and all others on first touch. What
/// is found here is a guess from checksums, taken while pages may still change: CRIU compares the pages themselves.
/// </remarks>
internal static class CopyOnWriteFamilies
{
    /// <summary>Finds the pages.</summary>
    /// <param name="directory">The images.</param>
    /// <param name="store">The pages that have arrived.</param>
    /// <param name="savedBytes">The memory that is saved.</param>
    /// <returns>By process the pages that it has in common with its parent or a child.</returns>
    public static IReadOnlyDictionary<int, List<PagemapEntry>> Find(ImageDirectory directory, PageStore store, out long savedBytes)
    {
        savedBytes = 0;
        var common = new Dictionary<int, List<PagemapEntry>>();
        IReadOnlyList<int> processes = directory.ProcessesWithPagemap();
        if (processes.Count < 2)
        {
            return common;
        }

        var areas = processes.ToDictionary(static id => id, directory.ReadMemoryAreas);
        foreach (ImageTask child in directory.ReadTasks().Where(task => areas.ContainsKey(task.ProcessId) && areas.ContainsKey(task.ParentProcessId)))
        {
            foreach (MemoryArea area in Inherited(areas[child.ProcessId], areas[child.ParentProcessId]))
            {
                IReadOnlyList<PageRun> equal = store.EqualPages(child.ParentProcessId, new PageRun(child.ProcessId, area.Start, area.Bytes / PageBatch.PageBytes));
                if (equal.Count == 0)
                {
                    continue;
                }

                savedBytes += equal.Sum(static run => run.Pages) * PageBatch.PageBytes;
                Add(common, child.ProcessId, equal);
                Add(common, child.ParentProcessId, equal);
            }
        }

        return common;
    }

    /// <summary>The mappings of a child that CRIU has it inherit from its parent: those with the same bounds.</summary>
    /// <remarks>
    /// It goes through both lists side by side and passes over a mapping that lies right behind others which only the child has, the stacks of threads for example. To restore such a
    /// one ahead would cost time and save nothing.
    /// </remarks>
    internal static IEnumerable<MemoryArea> Inherited(IReadOnlyList<MemoryArea> child, IReadOnlyList<MemoryArea> parent)
    {
        int mine = 0;
        int other = 0;
        while (mine < child.Count && other < parent.Count)
        {
            if (child[mine].Start == parent[other].Start && child[mine].End == parent[other].End && child[mine].CanBeLazy && parent[other].CanBeLazy)
            {
                yield return child[mine];
            }

            while (mine < child.Count && child[mine].Start <= parent[other].Start)
            {
                mine++;
            }

            while (mine < child.Count && other < parent.Count && parent[other].Start < child[mine].Start)
            {
                other++;
            }
        }
    }

    private static void Add(Dictionary<int, List<PagemapEntry>> common, int processId, IReadOnlyList<PageRun> equal)
    {
        if (!common.TryGetValue(processId, out List<PagemapEntry>? entries))
        {
            common.Add(processId, entries = []);
        }

        entries.AddRange(equal.Select(static run => new PagemapEntry(run.Address, run.Pages, PagePlaces.None)));
    }
}
