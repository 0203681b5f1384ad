using Microsoft.Win32.SafeHandles;
using U2CMigration.Files.Interop;

namespace U2CMigration.Files.Walking;

/// <summary>What is known of file systems (linux/magic.h).</summary>
internal static class FileSystems
{
    private const long Ext = 0xef53;
    private const long Xfs = 0x58465342;
    private const long Btrfs = 0x9123683e;
    private const long F2fs = 0xf2f52010;
    private const long Bcachefs = 0xca451a4e;

    /// <summary>
    /// Whether the first write to a page of a mapping changes the times: where the kernel has pages written through it (<c>page_mkwrite</c>). On tmpfs a page that was read before is written without
    /// a trace. What is not known is not trusted.
    /// </summary>
    public static bool ShowWritesInTimes(SafeFileHandle file) => FileCalls.FileSystemOf(file) is Ext or Xfs or Btrfs or F2fs or Bcachefs;
}
