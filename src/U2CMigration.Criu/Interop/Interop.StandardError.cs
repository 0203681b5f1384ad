// memfd_create(2), Linux 3.17. No privileges.
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace U2CMigration.Criu.Interop;

/// <summary>A file in memory that takes what a program writes to its standard error.</summary>
internal static unsafe partial class StandardErrorFile
{
    private const uint CloseOnExec = 1;

    internal static SafeFileHandle Create()
    {
        fixed (byte* name = "u2c-criu-stderr\0"u8)
        {
            SafeFileHandle file = memfd_create(name, CloseOnExec);
            return !file.IsInvalid
                ? file
                : throw new IOException($"memfd_create failed: {Errno.Describe(Marshal.GetLastPInvokeError())}. Check the limit of open files (ulimit -n).");
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial SafeFileHandle memfd_create(byte* name, uint flags);
}
