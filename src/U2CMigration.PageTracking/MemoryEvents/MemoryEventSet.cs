namespace U2CMigration.PageTracking.MemoryEvents;

/// <summary>What happened on a host in some time that may give a process shared memory which it did not have before.</summary>
internal sealed class MemoryEventSet
{
    /// <summary>Whether anything may be missing here.</summary>
    internal bool IsIncomplete { get; set; }

    /// <summary>The processes that made others. New threads do not count.</summary>
    internal HashSet<int> Parents { get; } = [];

    /// <summary>The objects that were mapped, or whose mapping was changed in its protection, by anybody but this process.</summary>
    internal HashSet<((uint Major, uint Minor) Device, ulong Inode)> Mapped { get; } = [];

    /// <summary>The processes that asked for a second mapping of what they map already: mremap(2) with an old length of 0.</summary>
    internal HashSet<int> Duplicating { get; } = [];

    /// <summary>Adds what happened in a time behind this one.</summary>
    internal void Add(MemoryEventSet later)
    {
        IsIncomplete |= later.IsIncomplete;
        Parents.UnionWith(later.Parents);
        Mapped.UnionWith(later.Mapped);
        Duplicating.UnionWith(later.Duplicating);
    }
}
