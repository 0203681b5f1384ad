using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace U2CMigration.Core.Interop;

/// <summary>
/// A mapping of memory: mmap(2), munmap(2); uapi/asm-generic/mman-common.h. Any kernel, no privileges.
/// </summary>
internal sealed unsafe partial class MemoryMapping : SafeHandleZeroOrMinusOneIsInvalid
{
    private const int ProtectRead = 1;
    private const int ProtectWrite = 2;
    private const int MapShared = 0x01;
    private const int MapPrivate = 0x02;
    private const int MapFixed = 0x10;
    private const int MapAnonymous = 0x20;
    private const int MapNoReserve = 0x4000;
    private const int MapPopulate = 0x8000;

    private readonly nuint _length;

    private MemoryMapping(nint address, nuint length)
        : base(ownsHandle: true)
    {
        _length = length;
        SetHandle(address);
    }

    /// <summary>The first byte.</summary>
    public byte* Start => (byte*)handle;

    /// <summary>Maps a file for reading and writing. Address space only: memory is taken page by page as it is written.</summary>
    public static MemoryMapping OfFile(SafeFileHandle file, long length)
    {
        nint address = mmap(0, (nuint)length, ProtectRead | ProtectWrite, MapShared | MapNoReserve, file, 0);
        return Checked(address, length, "mmap", "The address space may be limited: see ulimit -v, or make PageStoreOptions.ReservedBytes smaller.");
    }

    /// <summary>Maps memory that reads as zero and stays the kernel's one zero page.</summary>
    public static MemoryMapping OfZeros(long length)
    {
        nint address = mmap_anonymous(0, (nuint)length, ProtectRead, MapPrivate | MapAnonymous | MapNoReserve, -1, 0);
        return Checked(address, length, "mmap", "The address space may be limited: see ulimit -v.");
    }

    /// <summary>Maps memory that is there at once.</summary>
    public static MemoryMapping OfPresentMemory(long length)
    {
        nint address = mmap_anonymous(0, (nuint)length, ProtectRead | ProtectWrite, MapPrivate | MapAnonymous | MapPopulate, -1, 0);
        return Checked(address, length, "mmap", "The address space may be limited: see ulimit -v.");
    }

    /// <summary>Puts a piece of a file in the place of a part of a mapping.</summary>
    /// <param name="start">The first byte, at a page.</param>
    /// <param name="length">How much.</param>
    /// <param name="file">The file.</param>
    /// <param name="offset">Where the piece begins in it.</param>
    public static void Place(byte* start, long length, SafeFileHandle file, long offset)
    {
        if (mmap((nint)start, (nuint)length, ProtectRead | ProtectWrite, MapShared | MapNoReserve | MapFixed, file, offset) == -1)
        {
            throw MemoryCall.Failed("mmap", "This process may have too many mappings: see vm.max_map_count.");
        }
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle() => munmap(handle, _length) == 0;

    private static MemoryMapping Checked(nint address, long length, string call, string advice) =>
        // mmap returns MAP_FAILED, which is -1 and not null.
        address == -1 ? throw MemoryCall.Failed(call, advice) : new MemoryMapping(address, (nuint)length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint mmap(nint address, nuint length, int protection, int flags, SafeFileHandle file, long offset);

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static partial nint mmap_anonymous(nint address, nuint length, int protection, int flags, int file, long offset);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int munmap(nint address, nuint length);
}
