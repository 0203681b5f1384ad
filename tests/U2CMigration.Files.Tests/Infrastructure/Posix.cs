using System.Runtime.InteropServices;

namespace U2CMigration.Files.Tests.Infrastructure;

/// <summary>Calls of a program that changes files; names are bytes with a zero. Each returns what the call does, as much fails by chance.</summary>
internal static unsafe partial class Posix
{
    public const int ReadWrite = 2;
    public const int Create = 0x40;
    public const int Truncate = 0x200;
    public const int Append = 0x400;
    public const int NonBlocking = 0x800;
    public const int NoFollow = 0x20000;
    public const int CloseOnExec = 0x80000;
    public const uint Fifo = 0x1000;
    public const uint CharacterDevice = 0x2000;
    public const uint Socket = 0xc000;
    public const uint Immutable = 0x10;
    public const uint AppendOnly = 0x20;
    public const uint NoDump = 0x40;

    public const int SetLease = 1024;
    public const int GetLease = 1025;
    public const int WriteLease = 1;

    [LibraryImport("libc")]
    public static partial int fcntl(int file, int command, nint argument);

    public static int Open(byte[] path, int flags, uint mode = 0x1a4) => open(path, flags | CloseOnExec | NonBlocking, mode);

    [LibraryImport("libc")]
    public static partial int close(int file);

    [LibraryImport("libc")]
    public static partial nint pwrite(int file, byte[] bytes, nuint count, long offset);

    [LibraryImport("libc")]
    public static partial nint write(int file, byte[] bytes, nuint count);

    [LibraryImport("libc")]
    public static partial int ftruncate(int file, long size);

    [LibraryImport("libc")]
    public static partial int fallocate(int file, int mode, long offset, long length);

    [LibraryImport("libc")]
    public static partial int rename(byte[] from, byte[] to);

    [LibraryImport("libc")]
    public static partial int unlink(byte[] path);

    [LibraryImport("libc")]
    public static partial int mkdir(byte[] path, uint mode);

    [LibraryImport("libc")]
    public static partial int rmdir(byte[] path);

    [LibraryImport("libc")]
    public static partial int link(byte[] from, byte[] to);

    [LibraryImport("libc")]
    public static partial int symlink(byte[] target, byte[] path);

    [LibraryImport("libc")]
    public static partial int mknod(byte[] path, uint mode, ulong device);

    [LibraryImport("libc")]
    public static partial int chmod(byte[] path, uint mode);

    [LibraryImport("libc")]
    public static partial int lchown(byte[] path, uint user, uint group);

    [LibraryImport("libc")]
    public static partial int lsetxattr(byte[] path, byte[] name, byte[] value, nuint bytes, int flags);

    [LibraryImport("libc")]
    public static partial int lremovexattr(byte[] path, byte[] name);

    [LibraryImport("libc")]
    private static partial int utimensat(int directory, byte[] path, long* times, int flags);

    [LibraryImport("libc")]
    private static partial int open(byte[] path, int flags, uint mode);

    [LibraryImport("libc")]
    private static partial byte* mmap(nint address, nuint bytes, int protection, int flags, int file, long offset);

    [LibraryImport("libc")]
    private static partial int munmap(byte* address, nuint bytes);

    [LibraryImport("libc")]
    private static partial int ioctl(int file, nuint request, uint* value);

    public static void SetModified(byte[] path, long seconds, long nanoseconds)
    {
        long* times = stackalloc long[4] { seconds, nanoseconds, seconds, nanoseconds };
        utimensat(-100, path, times, 0x100);
    }

    /// <summary>Maps the beginning of a file, reads it, waits, and writes a byte: on some file systems without a trace in the times.</summary>
    public static bool WriteMapped(byte[] path, int offset, byte value, int waitMilliseconds = 0)
    {
        int file = Open(path, ReadWrite | NoFollow);
        if (file < 0)
        {
            return false;
        }

        byte* memory = mmap(0, 4096, 3, 1, file, 0);
        bool isMapped = (nint)memory != -1;
        if (isMapped && lseek(file, 0, 2) > 4095)
        {
            byte before = memory[offset];
            Thread.Sleep(waitMilliseconds);
            memory[offset] = (byte)(value ^ before);
        }

        if (isMapped)
        {
            _ = munmap(memory, 4096);
        }

        _ = close(file);
        return isMapped;
    }

    [LibraryImport("libc")]
    private static partial long lseek(int file, long offset, int whence);

    public static bool SetFlags(byte[] path, uint flags)
    {
        int file = Open(path, NoFollow);
        if (file < 0)
        {
            return false;
        }

        uint now = 0;
        bool isSet = ioctl(file, 0x80086601, &now) == 0;
        now = (now & ~(Immutable | AppendOnly | NoDump)) | flags;
        isSet = isSet && ioctl(file, 0x40086602, &now) == 0;
        _ = close(file);
        return isSet;
    }
}
