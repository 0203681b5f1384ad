// PAGEMAP_SCAN on /proc/PID/pagemap, linux/fs.h and Documentation/admin-guide/mm/pagemap.rst. Linux 6.7; the GUARD category: 6.15.
// Opening the file needs PTRACE_MODE_READ on the process.
using System.Runtime.InteropServices;

namespace U2CMigration.PageTracking.Interop;

internal static partial class NativeMethods
{
    internal const uint PAGEMAP_SCAN = 0xC0606610;

    internal const ulong PM_SCAN_WP_MATCHING = 1;
    internal const ulong PM_SCAN_CHECK_WPASYNC = 2;

    /// <summary>struct page_region: a run of pages of equal categories.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct PageRegion
    {
        internal ulong Start;
        internal ulong End;
        internal PageCategories Categories;
    }

    /// <summary>struct pm_scan_arg; addresses in bytes, <c>RegionsLength</c> in regions.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct PagemapScanArguments
    {
        internal ulong Size;
        internal ulong Flags;
        internal ulong Start;
        internal ulong End;

        /// <summary>Out: where the walk ended if the regions did not fit; else anything.</summary>
        internal ulong WalkEnd;
        internal ulong Regions;
        internal ulong RegionsLength;
        internal ulong MaxPages;

        /// <summary>A page matches when, with these categories inverted, it has all of the mask and one of the any-of mask.</summary>
        internal PageCategories Inverted;
        internal PageCategories Mask;
        internal PageCategories AnyOf;
        internal PageCategories Returned;
    }
}
