// memfd_create(2), Linux 3.17. No privileges.
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace U2CMigration.Criu.Interop;

/// <summary>Files that are nowhere but in memory.</summary>
internal static unsafe partial class MemoryFile
{
    private const uint CloseOnExec = 1;

    /// <summary>Makes a file with some content, to be read from its beginning.</summary>
    internal static SafeFileHandle Create(ReadOnlySpan<byte> content)
    {
        SafeFileHandle file;
        fixed (byte* name = "u2c-criu\0"u8)
        {
            file = memfd_create(name, CloseOnExec);
        }

        if (file.IsInvalid)
        {
            int errno = Marshal.GetLastPInvokeError();
            throw new IOException($"memfd_create failed: {Errno.Describe(errno)}. Check the limit of open files (ulimit -n).");
        }

        // Written at an offset, which leaves the position that the reader begins at.
        RandomAccess.Write(file, content, 0);
        return file;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial SafeFileHandle memfd_create(byte* name, uint flags);
}
