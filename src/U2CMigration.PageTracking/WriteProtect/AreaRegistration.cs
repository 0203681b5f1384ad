using Microsoft.Win32.SafeHandles;
using U2CMigration.PageTracking.Interop;
using U2CMigration.PageTracking.Memory;
using U2CMigration.PageTracking.Pages;
using U2CMigration.PageTracking.PageTables;

namespace U2CMigration.PageTracking.WriteProtect;

/// <summary>Registers the mappings of one running process, whose bounds change under our hands.</summary>
internal sealed class AreaRegistration(SafeFileHandle userfaultfd, SafeFileHandle pagemap, AreaLookup lookup, PagemapScanner scanner)
{
    private const int Attempts = 3;
    private const int NeighbourDepth = 4;

    /// <summary>Below so many mappings, asking for all of them at once saves nothing.</summary>
    private const int AskedOneByOne = 4;

    private const ulong UnprotectedAtOnce = 64 << 20;
    private readonly List<PageRange> _refused = [];

    /// <summary>What the last pass could not register: pages there must be reported every time.</summary>
    internal IReadOnlyList<PageRange> Refused => _refused;

    /// <summary>Registrations that succeeded, since the beginning.</summary>
    internal long Registered { get; private set; }

    /// <summary>Registrations that the kernel refused, since the beginning.</summary>
    internal long Failed { get; private set; }

    internal IReadOnlyList<PageRange> SortedRefused()
    {
        _refused.Sort(static (first, second) => first.Start.CompareTo(second.Start));
        return _refused;
    }

    internal void BeginPass()
    {
        _refused.Clear();
        lookup.BeginPass();
    }

    /// <summary>Registers those of the mappings that are not registered yet.</summary>
    /// <param name="areas">The mappings, ascending.</param>
    /// <remarks>Programs have up to 65,530 mappings, and from one pass to the next hardly any is new: halves in which nothing is are told by one call.</remarks>
    internal void EnsureAll(IReadOnlyList<PageRange> areas) => EnsureAll(areas, 0, areas.Count);

    private void EnsureAll(IReadOnlyList<PageRange> areas, int first, int end)
    {
        if (end - first > AskedOneByOne)
        {
            if (!scanner.AreRegistered(pagemap, areas[first].Start, areas[end - 1].End))
            {
                int middle = first + ((end - first) / 2);
                EnsureAll(areas, first, middle);
                EnsureAll(areas, middle, end);
            }

            return;
        }

        for (int index = first; index < end; index++)
        {
            Ensure(areas[index].Start);
        }
    }

    private void Ensure(ulong address)
    {
        if (!scanner.IsRegistered(pagemap, address))
        {
            Register(address, 0);
        }
    }

    private void Register(ulong address, int depth)
    {
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            // The map was read a while ago. Registering bounds of then would split a mapping that has grown meanwhile, and the mremap of a split mapping
            // fails: the program would see an error it can not have without us. Asking now leaves a window of microseconds.
            bool any = attempt == 0 ? lookup.TryFindAhead(address, out AreaBounds area) : lookup.TryFind(address, out area);
            if (!any || area.Start > address || area.IsShared)
            {
                return;
            }

            if (Userfaultfd.Register(userfaultfd, area.Start, area.End) == 0)
            {
                Registered++;
                if (scanner.HasProtected(pagemap, area.Start, area.End))
                {
                    Unprotect(area.Start, area.End);
                }

                RegisterNeighbours(area, depth);
                return;
            }

            Failed++;
        }

        if (lookup.TryFind(address, out AreaBounds refused) && refused.Start <= address)
        {
            Refuse(refused.Start, refused.End);
        }
    }

    /// <summary>Removes protection left in the page tables, without which changed pages would look clean.</summary>
    /// <remarks>
    /// When the program moves a mapping next to a registered one, the kernel merges the two and forgets the registration of both, but leaves the
    /// protection bits: what is written from then on is not recorded, and after a new registration the old bits say that nothing was.
    /// </remarks>
    private void Unprotect(ulong start, ulong end)
    {
        // In pieces, as the program can map and unmap nothing meanwhile: 4 GiB at once took 0.13 to 1.4 s.
        ulong address = start;
        while (address < end && Userfaultfd.RemoveProtection(userfaultfd, address, Math.Min(end, address + UnprotectedAtOnce)) == 0)
        {
            address = Math.Min(end, address + UnprotectedAtOnce);
        }

        // A part was unmapped or replaced in between: go through what is there now.
        while (address < end && lookup.TryFind(address, out AreaBounds area) && area.Start < end)
        {
            ulong from = Math.Max(area.Start, start);
            ulong to = Math.Min(area.End, end);
            int error = Userfaultfd.RemoveProtection(userfaultfd, from, to);

            // ENOENT: not registered any more, so the next pass registers it and removes the protection then.
            if (error is not 0 && !area.IsShared)
            {
                _ = Userfaultfd.Unregister(userfaultfd, from, to);
                Refuse(from, to);
            }

            address = to;
        }
    }

    // A mapping that has grown beside a registered one stays apart from it until it is registered as well.
    private void RegisterNeighbours(AreaBounds area, int depth)
    {
        if (depth == NeighbourDepth)
        {
            return;
        }

        ulong below = area.Start - PageSize.Bytes;
        if (area.Start >= PageSize.Bytes && !scanner.IsRegistered(pagemap, below)
            && lookup.TryFind(below, out AreaBounds lower) && lower.End == area.Start && lower.Flags == area.Flags)
        {
            Register(below, depth + 1);
        }

        if (!scanner.IsRegistered(pagemap, area.End)
            && lookup.TryFindAhead(area.End, out AreaBounds upper) && upper.Start == area.End && upper.Flags == area.Flags)
        {
            Register(area.End, depth + 1);
        }
    }

    private void Refuse(ulong start, ulong end) => _refused.Add(new PageRange(start, end));
}
