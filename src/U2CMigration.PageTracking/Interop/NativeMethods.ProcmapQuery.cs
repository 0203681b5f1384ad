// PROCMAP_QUERY on /proc/PID/maps, linux/fs.h. Linux 6.11. Opening the file needs PTRACE_MODE_READ on the process.
using System.Runtime.InteropServices;

namespace U2CMigration.PageTracking.Interop;

internal static partial class NativeMethods
{
    internal const uint PROCMAP_QUERY = 0xC0686611;

    internal const ulong PROCMAP_QUERY_VMA_SHARED = 0x08;
    internal const ulong PROCMAP_QUERY_COVERING_OR_NEXT_VMA = 0x10;

    /// <summary>struct procmap_query.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct ProcmapQueryArguments
    {
        internal ulong Size;
        internal ulong QueryFlags;
        internal ulong Address;
        internal ulong Start;
        internal ulong End;
        internal ulong Flags;

        /// <summary>In bytes; more than a base page for hugetlb.</summary>
        internal ulong PageSize;
        internal ulong Offset;
        internal ulong Inode;
        internal uint DeviceMajor;
        internal uint DeviceMinor;
        internal uint NameSize;
        internal uint BuildIdSize;
        internal ulong Name;
        internal ulong BuildId;
    }
}
