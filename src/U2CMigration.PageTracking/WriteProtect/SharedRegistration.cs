using Microsoft.Win32.SafeHandles;
using U2CMigration.PageTracking.Interop;
using U2CMigration.PageTracking.Memory;
using U2CMigration.PageTracking.Pages;
using U2CMigration.PageTracking.PageTables;

namespace U2CMigration.PageTracking.WriteProtect;

/// <summary>Registers shared mappings of a process, each when somebody asks for it.</summary>
internal sealed class SharedRegistration(SafeFileHandle userfaultfd, SafeFileHandle pagemap, AreaLookup lookup)
{
    private const int NeighbourDepth = 4;

    private readonly HashSet<PageRange> _registered = [];

    /// <summary>The page map of the address space.</summary>
    internal SafeFileHandle Pagemap => pagemap;

    /// <summary>Registers a mapping. Everything in it counts as written then.</summary>
    /// <returns>False when it is not possible, or when it is not the whole mapping any more.</returns>
    internal bool TryRegister(PageRange area, PagemapScanner scanner)
    {
        // Bounds of a while ago would cut a mapping in two that has grown since, and the program could not move it any more.
        if (!lookup.TryFind(area.Start, out AreaBounds now) || (now.Start, now.End) != (area.Start, area.End) || !Register(now))
        {
            return false;
        }

        RegisterBeside(now, scanner);

        // What is protected since a registration that the kernel has dropped would look clean forever.
        return !scanner.HasProtected(pagemap, area.Start, area.End) || Userfaultfd.RemoveProtection(userfaultfd, area.Start, area.End) == 0;
    }

    private bool Register(in AreaBounds area)
    {
        if (!area.IsShared || Userfaultfd.Register(userfaultfd, area.Start, area.End) != 0)
        {
            return false;
        }

        _registered.Add(new PageRange(area.Start, area.End));
        return true;
    }

    /// <summary>What was joined to the mapping while it was registered is cut off from it again until it is registered too.</summary>
    private void RegisterBeside(in AreaBounds area, PagemapScanner scanner)
    {
        AreaBounds lowest = area;
        for (int depth = 0; depth < NeighbourDepth && lowest.Start >= PageSize.Bytes && !scanner.IsRegistered(pagemap, lowest.Start - PageSize.Bytes)
            && lookup.TryFind(lowest.Start - PageSize.Bytes, out AreaBounds lower) && lower.End == lowest.Start && lower.Flags == area.Flags && Register(lower); depth++)
        {
            lowest = lower;
        }

        AreaBounds highest = area;
        for (int depth = 0; depth < NeighbourDepth && !scanner.IsRegistered(pagemap, highest.End)
            && lookup.TryFind(highest.End, out AreaBounds upper) && upper.Start == highest.End && upper.Flags == area.Flags && Register(upper); depth++)
        {
            highest = upper;
        }
    }

    /// <summary>Ends it: closing alone leaves the protection behind before Linux 6.9.</summary>
    internal void UnregisterAll()
    {
        foreach (PageRange area in _registered)
        {
            _ = Userfaultfd.Unregister(userfaultfd, area.Start, area.End);
        }

        _registered.Clear();
    }
}
