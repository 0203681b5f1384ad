// perf_event_open(2), linux/perf_event.h. Linux 2.6.31. Counting nothing in user space needs no privilege up to perf_event_paranoid 2.
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace U2CMigration.Criu.Interop;

/// <summary>The kernel's performance events, which hardware breakpoints belong to.</summary>
internal static unsafe partial class PerfEvents
{
    private const uint Software = 1;
    private const ulong Dummy = 9;
    private const ulong DisabledUserOnly = 1 | (1 << 5) | (1 << 6);
    private const nint CloseOnExec = 8;
    private const uint Breakpoint = 5;
    private const uint Execution = 4;
    private const ulong UserOnly = (1 << 5) | (1 << 6);
    private const ulong RemovedOnExec = 1UL << 36;
    private const ulong SignalsTrap = 1UL << 37;

    /// <summary>
    /// Keeps them switched on: for the first event of a task the kernel waits until every processor knows of it, about 8 ms. CRIU sets its first breakpoint, to stop tasks behind a
    /// system call, while they are frozen.
    /// </summary>
    /// <returns>Until it is closed they stay on; invalid where they can not be used, and then CRIU waits.</returns>
    internal static SafeFileHandle KeepOn()
    {
        nint number = RuntimeInformation.ProcessArchitecture switch
        {
            Architecture.X64 => 298,
            Architecture.Arm64 => 241,
            _ => 0,
        };
        var attributes = new Attributes { Type = Software, Size = (uint)sizeof(Attributes), Config = Dummy, Flags = DisabledUserOnly };
        return new SafeFileHandle(number == 0 ? -1 : syscall(number, &attributes, 0, -1, -1, CloseOnExec), ownsHandle: true);
    }

    /// <summary>
    /// Has a process get SIGTRAP before it executes an instruction (Linux 5.13). Nothing of its code is changed, its children do not inherit it, and it goes with this process: unlike a debug register that is
    /// set by ptrace, which stays when the tracer is gone, and then kills.
    /// </summary>
    /// <param name="processId">The process.</param>
    /// <param name="address">The instruction.</param>
    /// <returns>Ends it when it is closed.</returns>
    /// <exception cref="IOException">The kernel or the machine does not have it, or it is not allowed.</exception>
    internal static SafeFileHandle BreakAt(int processId, ulong address)
    {
        var attributes = new Attributes
        {
            Type = Breakpoint,
            Size = (uint)sizeof(Attributes),
            SamplePeriod = 1,
            Flags = UserOnly | RemovedOnExec | SignalsTrap,
            WakeupAndBreakpointType = (ulong)Execution << 32,
            BreakpointAddress = address,
            BreakpointLength = sizeof(long),
        };
        var handle = new SafeFileHandle(RuntimeInformation.ProcessArchitecture == Architecture.X64 ? syscall(298, &attributes, processId, -1, -1, CloseOnExec) : -1, ownsHandle: true);
        return !handle.IsInvalid ? handle : throw new IOException($"perf_event_open for a breakpoint in process {processId} failed: {Errno.Describe(Marshal.GetLastPInvokeError())}.");
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint syscall(nint number, Attributes* attributes, nint processId, nint processor, nint group, nint flags);

    /// <summary>struct perf_event_attr in its second version (PERF_ATTR_SIZE_VER1).</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Attributes
    {
        public uint Type;
        public uint Size;
        public ulong Config;
        public ulong SamplePeriod;
        public ulong SampleType;
        public ulong ReadFormat;
        public ulong Flags;
        public ulong WakeupAndBreakpointType;
        public ulong BreakpointAddress;
        public ulong BreakpointLength;
    }
}
