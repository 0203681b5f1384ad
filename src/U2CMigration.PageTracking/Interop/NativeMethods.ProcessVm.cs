// process_vm_readv(2), Linux 3.2. Needs PTRACE_MODE_ATTACH on the process; at most 1024 ranges a call (IOV_MAX).
using System.Runtime.InteropServices;

namespace U2CMigration.PageTracking.Interop;

internal static partial class NativeMethods
{
    internal const int IOV_MAX = 1024;

    [LibraryImport("libc", EntryPoint = "process_vm_readv", SetLastError = true)]
    internal static unsafe partial nint ProcessVmRead(int processId, IoVector* local, nuint localCount, IoVector* remote, nuint remoteCount, nuint flags);

    /// <summary>struct iovec; the address may be of another process, so it is a number.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct IoVector
    {
        internal ulong Base;

        /// <summary>In bytes.</summary>
        internal ulong Length;
    }
}
