// fsopen(2), fsconfig(2), fsmount(2): a file system of one's own that no one else sees. Linux 5.2; needs CAP_SYS_ADMIN. The numbers are the same on every architecture.
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace U2CMigration.PageTracking.Interop;

internal static partial class NativeMethods
{
    internal const nint SYS_fsopen = 430;
    internal const nint SYS_fsconfig = 431;
    internal const nint SYS_fsmount = 432;
    internal const nint FSOPEN_CLOEXEC = 1;
    internal const nint FSMOUNT_CLOEXEC = 1;
    internal const nint FSCONFIG_CMD_CREATE = 6;

    /// <summary>Read only, without set-user-ID programs, devices and programs.</summary>
    internal const nint MOUNT_ATTR_NOTHING = 15;

    [LibraryImport("libc", EntryPoint = "syscall", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    internal static partial nint SystemCall(nint number, string first, nint second);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    internal static partial nint SystemCall(nint number, SafeFileHandle first, nint second, nint third, nint fourth, nint fifth);
}
