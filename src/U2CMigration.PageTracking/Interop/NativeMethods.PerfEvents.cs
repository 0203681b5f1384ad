// perf_event_open(2), linux/perf_event.h. Events of whole processors, Linux 2.6.31; mmap2 records, 3.12. Looking at all processes needs CAP_PERFMON or CAP_SYS_ADMIN (or perf_event_paranoid -1).
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace U2CMigration.PageTracking.Interop;

internal static partial class NativeMethods
{
    /// <summary>The number on x86-64; architectures differ.</summary>
    internal const nint SYS_perf_event_open_x64 = 298;

    internal const uint PERF_TYPE_SOFTWARE = 1;
    internal const uint PERF_TYPE_TRACEPOINT = 2;
    internal const ulong PERF_COUNT_SW_DUMMY = 9;
    internal const ulong PERF_SAMPLE_TID = 2;
    internal const ulong PERF_ATTR_MMAP = 1 << 8;
    internal const ulong PERF_ATTR_TASK = 1 << 13;
    internal const ulong PERF_ATTR_WATERMARK = 1 << 14;
    internal const ulong PERF_ATTR_MMAP_DATA = 1 << 17;
    internal const ulong PERF_ATTR_MMAP2 = 1 << 23;
    internal const nint PERF_FLAG_FD_NO_GROUP = 1;
    internal const nint PERF_FLAG_FD_OUTPUT = 2;
    internal const nint PERF_FLAG_FD_CLOEXEC = 8;
    internal const uint PERF_EVENT_IOC_SET_FILTER = 0x40082406;

    internal const uint PERF_RECORD_LOST = 2;
    internal const uint PERF_RECORD_EXIT = 4;
    internal const uint PERF_RECORD_THROTTLE = 5;
    internal const uint PERF_RECORD_UNTHROTTLE = 6;
    internal const uint PERF_RECORD_FORK = 7;
    internal const uint PERF_RECORD_SAMPLE = 9;
    internal const uint PERF_RECORD_MMAP2 = 10;

    /// <summary>Where the ring says how far the kernel has written, and the reader has read.</summary>
    internal const int PERF_DATA_HEAD = 1024;
    internal const int PERF_DATA_TAIL = 1032;

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    internal static unsafe partial nint PerfEventOpen(nint number, PerfEventAttributes* attributes, nint processId, nint processor, nint group, nint flags);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    internal static unsafe partial nint PerfEventOpen(nint number, PerfEventAttributes* attributes, nint processId, nint processor, SafeFileHandle group, nint flags);

    /// <summary>struct perf_event_attr in its second version (PERF_ATTR_SIZE_VER1).</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct PerfEventAttributes
    {
        internal uint Type;
        internal uint Size;
        internal ulong Config;
        internal ulong SamplePeriod;
        internal ulong SampleType;
        internal ulong ReadFormat;
        internal ulong Flags;

        /// <summary>In bytes of the ring, with PERF_ATTR_WATERMARK.</summary>
        internal uint Wakeup;
        internal uint BreakpointType;
        internal ulong BreakpointAddress;
        internal ulong BreakpointLength;
    }
}
