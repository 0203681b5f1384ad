using System.Runtime.InteropServices;
using U2CMigration.PageTracking.Interop;
using static U2CMigration.PageTracking.Interop.NativeMethods;

namespace U2CMigration.PageTracking.Memory;

/// <summary>Asks for the present bounds of one mapping: with PROCMAP_QUERY, or on kernels before 6.11 by reading the whole map again.</summary>
internal sealed unsafe class AreaLookup(MapsReader maps, bool useQuery)
{
    /// <summary>The mapping that holds an address, or else the next one above.</summary>
    internal bool TryFind(ulong address, out AreaBounds area) => useQuery ? TryQuery(address, out area) : TrySearch(address, out area);

    private bool TryQuery(ulong address, out AreaBounds area)
    {
        ProcmapQueryArguments query = new()
        {
            Size = (ulong)sizeof(ProcmapQueryArguments),
            QueryFlags = PROCMAP_QUERY_COVERING_OR_NEXT_VMA,
            Address = address,
        };
        while (Ioctl(maps.File, PROCMAP_QUERY, &query) < 0)
        {
            if (Marshal.GetLastPInvokeError() != Errno.EINTR)
            {
                area = default;
                return false;
            }
        }

        area = new AreaBounds(query.Start, query.End, query.Flags);
        return true;
    }

    private bool TrySearch(ulong address, out AreaBounds area)
    {
        using MapsReader fresh = maps.Reopen();
        while (fresh.TryRead(out MapsLine line))
        {
            if (line.End > address)
            {
                area = new AreaBounds(line.Start, line.End, (ulong)line.Protection | (line.IsShared ? PROCMAP_QUERY_VMA_SHARED : 0));
                return true;
            }
        }

        area = default;
        return false;
    }
}
