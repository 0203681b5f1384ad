using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace U2CMigration.Core.Interop;

/// <summary>
/// memfd_create(2), ftruncate(2), fallocate(2), fcntl(2) F_ADD_SEALS; uapi/linux/memfd.h, uapi/linux/falloc.h. memfd_create: Linux 3.17; FALLOC_FL_PUNCH_HOLE on it:
/// Linux 3.17. No privileges.
/// </summary>
internal static unsafe partial class Memfd
{
    private const uint CloseOnExec = 1;
    private const uint AllowSealing = 2;
    private const int AddSeals = 1033;
    private const int PunchHole = 0x02;
    private const int KeepSize = 0x01;
    private const int Interrupted = 4;

    /// <summary>Creates an anonymous file of a length that takes no memory until it is written.</summary>
    public static SafeFileHandle Create(ReadOnlySpan<byte> name, long length) => Create(name, length, CloseOnExec);

    /// <summary>Creates an anonymous file that can be sealed.</summary>
    /// <param name="name">Its name, up to 249 bytes and a zero.</param>
    public static SafeFileHandle CreateSealable(ReadOnlySpan<byte> name) => Create(name, 0, CloseOnExec | AllowSealing);

    /// <summary>Forbids something for good (F_SEAL_*). To forbid writing nobody may have it mapped for writing.</summary>
    public static void Seal(SafeFileHandle file, int seals)
    {
        if (fcntl(file, AddSeals, seals) != 0)
        {
            throw MemoryCall.Failed("fcntl (F_ADD_SEALS)", "A memfd of the workload could not be sealed as it was.");
        }
    }

    /// <summary>Sets the length.</summary>
    public static void SetLength(SafeFileHandle file, long length)
    {
        if (ftruncate(file, length) != 0)
        {
            throw MemoryCall.Failed("ftruncate", $"{length} bytes of sparse file were wanted; see ulimit -f.");
        }
    }

    /// <summary>Sets owner and permissions.</summary>
    public static void SetOwner(SafeFileHandle file, int userId, int groupId, int mode)
    {
        if (fchown(file, userId, groupId) != 0 || fchmod(file, (uint)mode) != 0)
        {
            throw MemoryCall.Failed("fchown or fchmod", "A memfd of the workload could not be given its owner.");
        }
    }

    private static SafeFileHandle Create(ReadOnlySpan<byte> name, long length, uint flags)
    {
        int descriptor;
        fixed (byte* text = name)
        {
            descriptor = memfd_create(text, flags);
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
    private static partial int fchown(SafeFileHandle file, int userId, int groupId);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fchmod(SafeFileHandle file, uint mode);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fcntl(SafeFileHandle file, int command, int argument);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int ftruncate(SafeFileHandle file, long length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fallocate(SafeFileHandle file, int mode, long offset, long length);
}
