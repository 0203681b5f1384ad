using System.Runtime.InteropServices;
using U2CMigration.PageTracking.Interop;
using static U2CMigration.PageTracking.Interop.NativeMethods;

namespace U2CMigration.PageTracking.Memory;

/// <summary>Asks for the present bounds of one mapping: with PROCMAP_QUERY, or on kernels before 6.11 by reading the whole map again.</summary>
internal sealed unsafe class AreaLookup(MapsReader maps, bool useQuery) : IDisposable
{
    private MapsReader? _passing;
    private AreaBounds _passed;
    private ulong _asked;

    /// <summary>The mapping that holds an address, or else the next one above.</summary>
    internal bool TryFind(ulong address, out AreaBounds area) => useQuery ? TryQuery(address, out area) : TrySearch(address, out area);

    /// <summary>Begins to go through the mappings in ascending order.</summary>
    internal void BeginPass()
    {
        _passing?.Dispose();
        _passing = null;
        _passed = default;
        _asked = 0;
    }

    /// <summary>The same as <see cref="TryFind"/>, for addresses that mostly ascend within a pass: the whole map is read once, not once for each.</summary>
    /// <remarks>Without PROCMAP_QUERY the bounds may be as old as the piece of the map that the kernel gave with them, some 50 mappings.</remarks>
    internal bool TryFindAhead(ulong address, out AreaBounds area)
    {
        if (useQuery)
        {
            return TryQuery(address, out area);
        }

        if (address < _asked)
        {
            return TrySearch(address, out area);
        }

        _asked = address;
        _passing ??= maps.Reopen();
        while (_passed.End <= address)
        {
            if (!_passing.TryRead(out MapsLine line))
            {
                area = default;
                return false;
            }

            _passed = BoundsOf(line);
        }

        area = _passed;
        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => _passing?.Dispose();

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
                area = BoundsOf(line);
                return true;
            }
        }

        area = default;
        return false;
    }

    private static AreaBounds BoundsOf(in MapsLine line) =>
        new(line.Start, line.End, (ulong)line.Protection | (line.IsShared ? PROCMAP_QUERY_VMA_SHARED : 0));
}
