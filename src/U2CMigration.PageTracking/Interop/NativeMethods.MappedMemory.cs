// mmap(2), munmap(2), madvise(2) with MADV_POPULATE_READ, Linux 5.14.
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace U2CMigration.PageTracking.Interop;

internal static partial class NativeMethods
{
    internal const int PROT_READ = 1;
    internal const int PROT_WRITE = 2;
    internal const int MAP_SHARED = 1;

    private const int MADV_POPULATE_READ = 22;

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    internal static partial nint MapMemory(nint address, nuint bytes, int protection, int flags, SafeFileHandle file, long offset);

    [LibraryImport("libc", EntryPoint = "munmap", SetLastError = true)]
    internal static partial int UnmapMemory(nint address, nuint bytes);

    /// <summary>Maps pages as a read would. Where there is none, one of zeros is made.</summary>
    internal static unsafe int PopulateForReading(void* memory, nuint bytes) => MemoryAdvise(memory, bytes, MADV_POPULATE_READ);
}
