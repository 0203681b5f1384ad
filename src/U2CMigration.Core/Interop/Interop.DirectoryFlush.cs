// open(2) and fsync(2) of a directory, so that a name in it is there after a crash of the host. No privileges.
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace U2CMigration.Core.Interop;

/// <summary>Writes a directory's names to where they outlive the host.</summary>
internal static partial class DirectoryFlush
{
    private const int CloseOnExec = 0x80000;

    /// <summary>Flushes it, where its file system can.</summary>
    public static void TryRun(string path)
    {
        using SafeFileHandle directory = open(path, CloseOnExec);
        if (!directory.IsInvalid)
        {
            _ = fsync(directory);
        }
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle open(string path, int flags);

    [LibraryImport("libc")]
    private static partial int fsync(SafeFileHandle fd);
}
