using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace U2CMigration.Testing;

/// <summary>What the kernel can do, found by trying. Independent of the libraries under test, so that a wrong probe there shows.</summary>
internal static unsafe partial class KernelProbe
{
    // linux/fs.h: _IOWR('f', 16, struct pm_scan_arg of 96 bytes)
    private const nuint PagemapScanRequest = 0xC0606610;

    // linux/userfaultfd.h: _IOWR(0xAA, 0x3F, struct uffdio_api of 24 bytes), and UFFD_FEATURE_WP_ASYNC
    private const nuint UffdioApi = 0xC018AA3F;
    private const ulong ApiVersion = 0xAA;
    private const ulong WriteProtectAsync = 1 << 15;
    private const long UserfaultfdCall = 323;
    private const int OpenCloseOnExec = 0x80000;

    // Documentation/admin-guide/mm/soft-dirty.rst
    private const int SoftDirtyBit = 55;

    private static readonly Lazy<bool> PagemapScan = new(TryPagemapScan);
    private static readonly Lazy<bool> WriteProtect = new(TryWriteProtectAsync);
    private static readonly Lazy<bool> SoftDirty = new(TrySoftDirty);

    internal static bool HasPagemapScan => PagemapScan.Value;

    internal static bool HasWriteProtectAsync => WriteProtect.Value;

    internal static bool HasSoftDirty => SoftDirty.Value;

    private static bool TryPagemapScan()
    {
        using SafeFileHandle pagemap = File.OpenHandle("/proc/self/pagemap");
        ulong* argument = stackalloc ulong[12];
        new Span<ulong>(argument, 12).Clear();
        argument[0] = 96;
        return Ioctl(pagemap.DangerousGetHandle().ToInt32(), PagemapScanRequest, argument) == 0;
    }

    private static bool TryWriteProtectAsync()
    {
        using SafeFileHandle descriptor = new((nint)SystemCall(UserfaultfdCall, OpenCloseOnExec), ownsHandle: true);
        ulong* api = stackalloc ulong[3] { ApiVersion, WriteProtectAsync, 0 };
        return !descriptor.IsInvalid && Ioctl(descriptor.DangerousGetHandle().ToInt32(), UffdioApi, api) == 0;
    }

    // A page just written has the bit, unless the kernel does not keep it.
    private static bool TrySoftDirty()
    {
        int size = Environment.SystemPageSize;
        byte* page = (byte*)NativeMemory.AlignedAlloc((nuint)size, (nuint)size);
        try
        {
            *page = 1;
            using SafeFileHandle pagemap = File.OpenHandle("/proc/self/pagemap");
            Span<byte> entry = stackalloc byte[sizeof(ulong)];
            RandomAccess.Read(pagemap, entry, (long)((ulong)page / (ulong)size * sizeof(ulong)));
            return (BinaryPrimitives.ReadUInt64LittleEndian(entry) >> SoftDirtyBit & 1) == 1;
        }
        finally
        {
            NativeMemory.AlignedFree(page);
        }
    }

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Ioctl(int descriptor, nuint request, void* argument);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial long SystemCall(long number, long flags);
}
