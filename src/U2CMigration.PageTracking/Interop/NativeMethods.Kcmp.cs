// kcmp(2), Linux 3.5, CONFIG_KCMP. Needs PTRACE_MODE_READ on both processes.
using System.Runtime.InteropServices;

namespace U2CMigration.PageTracking.Interop;

internal static partial class NativeMethods
{
    internal const nint KCMP_VM = 1;

    /// <summary>The number on x86-64; architectures differ.</summary>
    internal const nint SYS_kcmp_x64 = 312;

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    internal static partial nint SystemCall(nint number, nint first, nint second, nint third, nint fourth, nint fifth);
}
