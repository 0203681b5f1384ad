using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace U2CMigration.Core.Interop;

/// <summary>
/// memfd_create(2), ftruncate(2), fallocate(2); uapi/linux/memfd.h, uapi/linux/falloc.h. memfd_create: Linux 3.17; FALLOC_FL_PUNCH_HOLE on it:
/// Linux 3.17. No privileges.
/// </summary>
internal static unsafe partial class Memfd
{
    private const uint CloseOnExec = 1;
    private const int PunchHole = 0x02;
    private const int KeepSize = 0x01;
    private const int Interrupted = 4;

    /// <summary>Creates an anonymous file of a length that takes no memory until it is written.</summary>
    public static SafeFileHandle Create(ReadOnlySpan<byte> name, long length)
    {
        int descriptor;
        fixed (byte* text = name)
        {
            descriptor = memfd_create(text, CloseOnExec);
        }

        if (descriptor < 0)
        {
            throw MemoryCall.Failed("memfd_create", "The limit on open files (ulimit -n) may be reached.");
        }

        var file = new SafeFileHandle(descriptor, ownsHandle: true);
        if (ftruncate(file, length) != 0)
        {
            PageStores.PageStoreException failure = MemoryCall.Failed("ftruncate", $"{length} bytes of sparse file were wanted; see ulimit -f.");
            file.Dispose();
            throw failure;
        }

        return file;
    }

    /// <summary>Gives the memory of a range back; it reads as zero afterwards, also through mappings.</summary>
    public static void Punch(SafeFileHandle file, long offset, long length)
    {
        while (fallocate(file, PunchHole | KeepSize, offset, length) != 0)
        {
            if (Marshal.GetLastPInvokeError() != Interrupted)
            {
                throw MemoryCall.Failed("fallocate", "The kernel does not punch holes into anonymous files.");
            }
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int memfd_create(byte* name, uint flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int ftruncate(SafeFileHandle file, long length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fallocate(SafeFileHandle file, int mode, long offset, long length);
}
