// pidfd_open(2), Linux 5.3; pidfd_send_signal(2), 5.1; pidfd_getfd(2), 5.6: needs PTRACE_MODE_ATTACH on the target.
// Called through syscall(2): glibc has wrappers only since 2.36. The numbers are the same on every architecture.
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace U2CMigration.PageTracking.Interop;

internal static partial class NativeMethods
{
    internal const nint SYS_pidfd_send_signal = 424;
    internal const nint SYS_pidfd_open = 434;
    internal const nint SYS_pidfd_getfd = 438;

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    internal static partial nint SystemCall(nint number, nint first, nint second);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    internal static partial nint SystemCall(nint number, SafeFileHandle first, nint second, nint third, nint fourth);
}
