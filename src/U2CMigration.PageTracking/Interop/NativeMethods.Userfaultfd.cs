// userfaultfd(2), ioctl_userfaultfd(2), linux/userfaultfd.h. Write-protect: Linux 5.7; WP_UNPOPULATED: 6.4; WP_ASYNC: 6.7.
// Without CAP_SYS_PTRACE (or vm.unprivileged_userfaultfd=1) only with UFFD_USER_MODE_ONLY, which is enough for WP_ASYNC.
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace U2CMigration.PageTracking.Interop;

internal static partial class NativeMethods
{
    internal const int O_NONBLOCK = 0x800;
    internal const int O_CLOEXEC = 0x80000;
    internal const int UFFD_USER_MODE_ONLY = 1;
    internal const ulong UFFD_API = 0xAA;
    internal const ulong UFFDIO_REGISTER_MODE_WP = 2;

    internal const uint UFFDIO_API = 0xC018AA3F;
    internal const uint UFFDIO_REGISTER = 0xC020AA00;
    internal const uint UFFDIO_UNREGISTER = 0x8010AA01;
    internal const uint UFFDIO_WRITEPROTECT = 0xC018AA06;

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    internal static unsafe partial int Ioctl(SafeFileHandle descriptor, nuint request, void* argument);

    /// <summary>struct uffdio_api.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct UffdioApi
    {
        internal ulong Api;

        /// <summary>In: the features wanted. Out: all that the kernel has.</summary>
        internal ulong Features;
        internal ulong Ioctls;
    }

    /// <summary>struct uffdio_range; addresses in bytes.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct UffdioRange
    {
        internal ulong Start;
        internal ulong Length;
    }

    /// <summary>struct uffdio_register.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct UffdioRegister
    {
        internal UffdioRange Range;
        internal ulong Mode;
        internal ulong Ioctls;
    }

    /// <summary>struct uffdio_writeprotect; mode 0 removes the protection.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct UffdioWriteProtect
    {
        internal UffdioRange Range;
        internal ulong Mode;
    }
}
