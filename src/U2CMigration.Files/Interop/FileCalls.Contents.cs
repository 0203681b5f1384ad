// pread(2), pwrite(2), ftruncate(2), lseek(2) with SEEK_DATA and SEEK_HOLE (Linux 3.1), fallocate(2) with FALLOC_FL_PUNCH_HOLE (2.6.38), syncfs(2).
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace U2CMigration.Files.Interop;

internal static unsafe partial class FileCalls
{
    private const int SEEK_DATA = 3;
    private const int SEEK_HOLE = 4;
    private const int FALLOC_FL_KEEP_SIZE = 1;
    private const int FALLOC_FL_PUNCH_HOLE = 2;

    /// <summary>Reads until the buffer is full or the file ends.</summary>
    /// <returns>The bytes read, or the errno below 0.</returns>
    internal static int Read(SafeFileHandle file, Span<byte> buffer, long offset)
    {
        fixed (byte* start = buffer)
        {
            int done = 0;
            while (done < buffer.Length)
            {
                nint read = pread(file, start + done, (nuint)(buffer.Length - done), offset + done);
                if (read < 0 && Marshal.GetLastPInvokeError() == Errno.EINTR)
                {
                    continue;
                }

                if (read <= 0)
                {
                    return read < 0 ? -Marshal.GetLastPInvokeError() : done;
                }

                done += (int)read;
            }

            return done;
        }
    }

    /// <summary>Writes all of it.</summary>
    /// <returns>0 or the errno.</returns>
    internal static int Write(SafeFileHandle file, ReadOnlySpan<byte> bytes, long offset)
    {
        fixed (byte* start = bytes)
        {
            int done = 0;
            while (done < bytes.Length)
            {
                nint written = pwrite(file, start + done, (nuint)(bytes.Length - done), offset + done);
                if (written > 0)
                {
                    done += (int)written;
                }
                else if (written == 0)
                {
                    return Errno.EIO;
                }
                else if (Marshal.GetLastPInvokeError() != Errno.EINTR)
                {
                    return Marshal.GetLastPInvokeError();
                }
            }

            return 0;
        }
    }

    /// <returns>0 or the errno.</returns>
    internal static int SetSize(SafeFileHandle file, long bytes) => ErrorOf(ftruncate(file, bytes));

    /// <summary>Finds the next data at or after an offset. A file system that does not know says that all of it is data.</summary>
    /// <returns>False when there is none up to the end.</returns>
    internal static bool TryFindData(SafeFileHandle file, long from, out long start, out long end)
    {
        start = lseek(file, from, SEEK_DATA);
        end = 0;
        if (start < 0)
        {
            return false;
        }

        end = lseek(file, start, SEEK_HOLE);
        return end > start;
    }

    /// <summary>Makes a hole; the size stays.</summary>
    /// <returns>0 or the errno.</returns>
    internal static int PunchHole(SafeFileHandle file, long offset, long bytes) =>
        ErrorOf(fallocate(file, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, offset, bytes));

    /// <summary>Writes all that a file system holds back.</summary>
    /// <returns>0 or the errno.</returns>
    internal static int Flush(SafeFileHandle anyFile) => ErrorOf(syncfs(anyFile));

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint pread(SafeFileHandle file, byte* buffer, nuint bytes, long offset);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint pwrite(SafeFileHandle file, byte* buffer, nuint bytes, long offset);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int ftruncate(SafeFileHandle file, long bytes);

    [LibraryImport("libc", SetLastError = true)]
    private static partial long lseek(SafeFileHandle file, long offset, int whence);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fallocate(SafeFileHandle file, int mode, long offset, long bytes);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int syncfs(SafeFileHandle file);
}
