// madvise(2). MADV_DONTNEED: every Linux. On private anonymous memory the pages are given back; reading them again maps the page of zeros.
using System.Runtime.InteropServices;

namespace U2CMigration.PageTracking.Interop;

internal static partial class NativeMethods
{
    private const int MADV_DONTNEED = 4;

    internal static unsafe int Discard(void* memory, nuint bytes) => MemoryAdvise(memory, bytes, MADV_DONTNEED);

    [LibraryImport("libc", EntryPoint = "madvise", SetLastError = true)]
    private static unsafe partial int MemoryAdvise(void* memory, nuint bytes, int advice);
}
