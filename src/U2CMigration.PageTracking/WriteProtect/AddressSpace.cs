using Microsoft.Win32.SafeHandles;
using U2CMigration.PageTracking.Features;
using U2CMigration.PageTracking.Interop;
using U2CMigration.PageTracking.Memory;
using U2CMigration.PageTracking.Pages;
using U2CMigration.PageTracking.Processes;
using static U2CMigration.PageTracking.Interop.NativeMethods;

namespace U2CMigration.PageTracking.WriteProtect;

/// <summary>The address space that a process had when it was opened. An exec, like the end of the process, leaves it empty for good.</summary>
internal sealed class AddressSpace : IDisposable
{
    private readonly PagemapScanner _scanner;
    private readonly MapsReader _maps;
    private readonly List<PageRange> _private = [];

    /// <exception cref="PageTrackingException">The process is gone, or may not be looked into.</exception>
    internal AddressSpace(int processId, PagemapScanner scanner, KernelFeatures features)
    {
        ProcessId = processId;
        _scanner = scanner;
        Process = PidFd.Open(processId);
        try
        {
            _maps = MapsReader.Open(processId);
            Pagemap = ProcFile.Open(processId, "pagemap");
            Lookup = new AreaLookup(_maps, features.ProcmapQuery);
        }
        catch
        {
            Process.Dispose();
            _maps?.Dispose();
            throw;
        }
    }

    internal int ProcessId { get; }

    internal SafeFileHandle Process { get; }

    internal SafeFileHandle Pagemap { get; }

    internal AreaLookup Lookup { get; }

    /// <summary>The private mappings found by <see cref="TryReadAreas"/>, ascending; shared, special and hugetlb ones are CRIU's business.</summary>
    internal IReadOnlyList<PageRange> PrivateAreas => _private;

    /// <summary>Whether the number still means this process and it has not ended, whatever address space it has now.</summary>
    internal bool IsAlive => ProcessTree.IsAlive(ProcessId) && PidFd.IsKnown(Process);

    /// <summary>Whether two processes run in one address space, as after vfork.</summary>
    internal static bool IsShared(int first, int second) => SystemCall(SYS_kcmp_x64, first, second, KCMP_VM, 0, 0) == 0;

    /// <returns>False when the address space is gone.</returns>
    internal bool TryReadAreas()
    {
        _private.Clear();
        _maps.Rewind();
        bool any = false;
        while (_maps.TryRead(out MapsLine line))
        {
            any = true;
            if (!line.IsShared && !line.IsSpecial && !line.IsHugetlb)
            {
                _private.Add(new PageRange(line.Start, line.End));
            }
        }

        return any;
    }

    /// <summary>Adds the pages of some mappings that hold content of their own. Changes nothing in the process.</summary>
    /// <param name="areas">The mappings, ascending; they may overlap.</param>
    /// <param name="pages">Receives the pages.</param>
    /// <param name="cancellationToken">Ends the call between two system calls.</param>
    internal void CollectResident(IReadOnlyList<PageRange> areas, ProcessPages pages, CancellationToken cancellationToken)
    {
        ulong start = 0;
        for (int next = 0; next < areas.Count;)
        {
            start = Math.Max(start, areas[next].Start);
            ulong end = areas[next++].End;

            // One call for mappings that touch: some programs have thousands of small ones.
            while (next < areas.Count && areas[next].Start <= end)
            {
                end = Math.Max(end, areas[next++].End);
            }

            while (start < end)
            {
                cancellationToken.ThrowIfCancellationRequested();
                int error = _scanner.CollectResident(Pagemap, ref start, end, out ReadOnlySpan<PageRegion> found);
                if (error != 0)
                {
                    throw SystemCallFailure.Create("PAGEMAP_SCAN", ProcessId, error, "It needs Linux 6.7.");
                }

                Append(found, pages);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Pagemap.Dispose();
        _maps.Dispose();
        Process.Dispose();
    }

    internal static void Append(ReadOnlySpan<PageRegion> found, ProcessPages pages)
    {
        foreach (ref readonly PageRegion region in found)
        {
            pages.Append(region.Start, region.End);
        }
    }
}
