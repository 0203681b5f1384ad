// openat2(2), Linux 5.6, linux/openat2.h. Called through syscall(2): glibc has no wrapper. The number is the same on every architecture.
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace U2CMigration.Files.Interop;

internal static unsafe partial class FileCalls
{
    internal const int CurrentDirectory = -100;
    internal const int O_WRONLY = 1;
    internal const int O_CREAT = 0x40;
    internal const int O_EXCL = 0x80;
    internal const int O_NONBLOCK = 0x800;
    internal const int O_DIRECTORY = 0x10000;
    internal const int O_NOFOLLOW = 0x20000;
    internal const int O_NOATIME = 0x40000;
    internal const int O_CLOEXEC = 0x80000;
    internal const int O_PATH = 0x200000;

    /// <summary>One step down, never through a link, a mount or a way out.</summary>
    internal const ulong Beneath = RESOLVE_NO_XDEV | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_SYMLINKS | RESOLVE_BENEATH;

    /// <summary>Links are followed as a process sees them whose root is the directory.</summary>
    internal const ulong InRoot = RESOLVE_NO_MAGICLINKS | RESOLVE_IN_ROOT;

    private const ulong RESOLVE_NO_XDEV = 1;
    private const ulong RESOLVE_NO_MAGICLINKS = 2;
    private const ulong RESOLVE_NO_SYMLINKS = 4;
    private const ulong RESOLVE_BENEATH = 8;
    private const ulong RESOLVE_IN_ROOT = 16;
    private const nint SYS_openat2 = 437;
    private const int MostAttempts = 100;

    /// <summary>Opens a name, or a path, with the rules of openat2(2). The name ends with a zero.</summary>
    /// <returns>0 or the errno.</returns>
    internal static int Open(SafeFileHandle directory, ReadOnlySpan<byte> name, int flags, uint mode, ulong rules, out SafeFileHandle file)
    {
        var how = new OpenHow { Flags = (ulong)(uint)(flags | O_CLOEXEC), Mode = (flags & O_CREAT) != 0 ? mode : 0, Resolve = rules };
        fixed (byte* path = name)
        {
            // EAGAIN: something was renamed in the meantime, so that the kernel cannot say whether the path stays beneath.
            for (int attempt = 0; ; attempt++)
            {
                nint descriptor = OpenAt2(SYS_openat2, directory, path, &how, (nuint)sizeof(OpenHow));
                if (descriptor >= 0)
                {
                    file = new SafeFileHandle(descriptor, ownsHandle: true);
                    return 0;
                }

                int error = Marshal.GetLastPInvokeError();
                if (error is not (Errno.EAGAIN or Errno.EINTR) || attempt == MostAttempts)
                {
                    file = new SafeFileHandle();
                    return error;
                }
            }
        }
    }

    /// <summary>Opens a path of this host, following links.</summary>
    /// <returns>0 or the errno.</returns>
    internal static int Open(string path, int flags, out SafeFileHandle file)
    {
        file = open(path, flags | O_CLOEXEC);
        return file.IsInvalid ? Marshal.GetLastPInvokeError() : 0;
    }

    /// <summary>Opens again, for reading or writing, what was opened only as a place (O_PATH).</summary>
    /// <returns>0 or the errno.</returns>
    internal static int Reopen(SafeFileHandle place, int flags, out SafeFileHandle file)
    {
        Span<byte> path = stackalloc byte[DescriptorPath.Length];
        DescriptorPath.Write(path, place);
        fixed (byte* start = path)
        {
            int descriptor = open(start, flags | O_CLOEXEC);
            file = descriptor < 0 ? new SafeFileHandle() : new SafeFileHandle(descriptor, ownsHandle: true);
            return descriptor < 0 ? Marshal.GetLastPInvokeError() : 0;
        }
    }

    private static int ErrorOf(int result) => result < 0 ? Marshal.GetLastPInvokeError() : 0;

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint OpenAt2(nint number, SafeFileHandle directory, byte* path, OpenHow* how, nuint size);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle open(string path, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int open(byte* path, int flags);

    /// <summary>struct open_how.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct OpenHow
    {
        public ulong Flags;
        public ulong Mode;
        public ulong Resolve;
    }
}
