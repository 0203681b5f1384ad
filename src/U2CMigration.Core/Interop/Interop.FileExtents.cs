using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace U2CMigration.Core.Interop;

/// <summary>lseek(2) with SEEK_DATA and SEEK_HOLE, Linux 3.1: which parts of a file hold data. On memory files, those that were ever written.</summary>
internal static partial class FileExtents
{
    private const int SeekData = 3;
    private const int SeekHole = 4;

    /// <summary>Finds the next data at or behind an offset.</summary>
    /// <returns>False when there is none, or the file is of a kind that does not tell.</returns>
    public static bool TryNext(SafeFileHandle file, long from, out long start, out long end)
    {
        start = lseek(file, from, SeekData);
        end = start < 0 ? start : lseek(file, start, SeekHole);
        return end > start;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial long lseek(SafeFileHandle file, long offset, int whence);
}
