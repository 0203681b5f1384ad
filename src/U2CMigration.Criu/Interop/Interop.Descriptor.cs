using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace U2CMigration.Criu.Interop;

/// <summary>open(2) of directories and fcntl(2) F_DUPFD_CLOEXEC (Linux 2.6.24). No privileges.</summary>
internal static partial class Descriptor
{
    private const int ReadOnlyDirectory = 0x10000 | 0x80000; // O_DIRECTORY | O_CLOEXEC on x86-64
    private const int ReadOnlyDirectoryArm = 0x4000 | 0x80000; // arm64 numbers O_DIRECTORY differently
    private const int DuplicateCloseOnExec = 1030;

    /// <summary>Opens a directory for use as a descriptor.</summary>
    /// <exception cref="DirectoryNotFoundException">It does not exist, is no directory or may not be read.</exception>
    internal static SafeFileHandle OpenDirectory(string path)
    {
        int flags = RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Arm ? ReadOnlyDirectoryArm : ReadOnlyDirectory;
        SafeFileHandle handle = Errno.Retry(() => open(path, flags), static handle => handle.IsInvalid);
        if (handle.IsInvalid)
        {
            int errno = Marshal.GetLastPInvokeError();
            throw new DirectoryNotFoundException($"The directory '{path}' cannot be opened: {Errno.Describe(errno)}. Create it first and check its permissions.");
        }

        return handle;
    }

    /// <summary>Duplicates a descriptor to a number that is at least <paramref name="lowest"/>, closed on exec.</summary>
    internal static SafeFileHandle DuplicateAbove(SafeHandle source, int lowest)
    {
        nint duplicate = fcntl(source, DuplicateCloseOnExec, lowest);
        if (duplicate < 0)
        {
            int errno = Marshal.GetLastPInvokeError();
            throw new IOException($"fcntl(F_DUPFD_CLOEXEC) failed: {Errno.Describe(errno)}. Check the limit of open files (ulimit -n).");
        }

        return new SafeFileHandle(duplicate, ownsHandle: true);
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle open(string path, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fcntl(SafeHandle fd, int command, int argument);
}
