using Microsoft.Win32.SafeHandles;
using U2CMigration.PageTracking.Features;
using U2CMigration.PageTracking.Interop;
using U2CMigration.PageTracking.Pages;
using U2CMigration.PageTracking.PageTables;

namespace U2CMigration.PageTracking.Memory;

/// <summary>The guard regions of a process (MADV_GUARD_INSTALL, Linux 6.13): parts of mappings, shared ones too, that hold nothing and end whoever touches them.</summary>
/// <remarks>
/// They are in no map, only in the page tables, so they have to be told to whoever rebuilds the memory elsewhere. Trackers leave them out, as they hold
/// nothing. The list is exact when the process is frozen.
/// </remarks>
public static class GuardRegions
{
    /// <summary>Whether this kernel tells guard regions from swapped pages: Linux 6.15.</summary>
    public static bool IsKnown => KernelFeatures.Probe().GuardRegionCategory;

    /// <summary>Finds them.</summary>
    /// <param name="processId">The process.</param>
    /// <param name="cancellationToken">Ends the call between two system calls.</param>
    /// <returns>The regions in ascending order, touching ones joined even across mappings; none where <see cref="IsKnown"/> is false.</returns>
    /// <exception cref="PageTrackingException">The process is gone, or may not be looked into.</exception>
    public static IReadOnlyList<PageRange> Of(int processId, CancellationToken cancellationToken = default)
    {
        if (!IsKnown)
        {
            return [];
        }

        using SafeFileHandle pagemap = ProcFile.Open(processId, "pagemap");
        ProcessPages guards = new(processId);
        PagemapScanner.OfFewRegions().CollectGuards(processId, pagemap, guards, cancellationToken);
        return [.. guards.Ranges];
    }
}
