// getdents64(2), readlinkat(2), mkdirat(2), mknodat(2), symlinkat(2), linkat(2), unlinkat(2). Nodes of devices need CAP_MKNOD, but for 0/0 from Linux 5.8 on.
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace U2CMigration.Files.Interop;

internal static unsafe partial class FileCalls
{
    private const int AT_REMOVEDIR = 0x200;

    /// <summary>Reads entries of a directory into a buffer.</summary>
    /// <returns>The bytes read, 0 at the end, or the errno below 0.</returns>
    internal static int ReadEntries(SafeFileHandle directory, Span<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            nint read = getdents64(directory, start, (nuint)buffer.Length);
            return read < 0 ? -Marshal.GetLastPInvokeError() : (int)read;
        }
    }

    /// <summary>Begins to read a directory again.</summary>
    internal static void Rewind(SafeFileHandle directory) => _ = lseek(directory, 0, 0);

    /// <summary>Reads where a symbolic link leads.</summary>
    /// <returns>The bytes read, or the errno below 0.</returns>
    internal static int ReadLink(SafeFileHandle directory, ReadOnlySpan<byte> name, Span<byte> target)
    {
        fixed (byte* path = name, start = target)
        {
            nint read = readlinkat(directory, path, start, (nuint)target.Length);
            return read < 0 ? -Marshal.GetLastPInvokeError() : (int)read;
        }
    }

    /// <returns>0 or the errno.</returns>
    internal static int MakeDirectory(SafeFileHandle directory, ReadOnlySpan<byte> name, uint mode)
    {
        fixed (byte* path = name)
        {
            return ErrorOf(mkdirat(directory, path, mode));
        }
    }

    /// <returns>0 or the errno.</returns>
    internal static int MakeNode(SafeFileHandle directory, ReadOnlySpan<byte> name, uint mode, ulong device)
    {
        fixed (byte* path = name)
        {
            return ErrorOf(mknodat(directory, path, mode, device));
        }
    }

    /// <returns>0 or the errno.</returns>
    internal static int MakeSymbolicLink(ReadOnlySpan<byte> target, SafeFileHandle directory, ReadOnlySpan<byte> name)
    {
        fixed (byte* path = name, start = target)
        {
            return ErrorOf(symlinkat(start, directory, path));
        }
    }

    /// <returns>0 or the errno.</returns>
    internal static int MakeLink(SafeFileHandle from, ReadOnlySpan<byte> name, SafeFileHandle to, ReadOnlySpan<byte> newName)
    {
        fixed (byte* path = name, newPath = newName)
        {
            return ErrorOf(linkat(from, path, to, newPath, 0));
        }
    }

    /// <summary>Takes a name away that is no directory's, or that of an empty directory.</summary>
    /// <returns>0 or the errno.</returns>
    internal static int Remove(SafeFileHandle directory, ReadOnlySpan<byte> name, bool isDirectory)
    {
        fixed (byte* path = name)
        {
            return ErrorOf(unlinkat(directory, path, isDirectory ? AT_REMOVEDIR : 0));
        }
    }

    /// <summary>dev_t of a device by its two numbers, as glibc and the kernel pack it.</summary>
    internal static ulong DeviceNumber(uint major, uint minor) =>
        (minor & 0xff) | ((ulong)(major & 0xfff) << 8) | ((ulong)(minor & ~0xffu) << 12) | ((ulong)(major & ~0xfffu) << 32);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint getdents64(SafeFileHandle directory, byte* buffer, nuint bytes);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint readlinkat(SafeFileHandle directory, byte* path, byte* target, nuint bytes);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int mkdirat(SafeFileHandle directory, byte* path, uint mode);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int mknodat(SafeFileHandle directory, byte* path, uint mode, ulong device);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int symlinkat(byte* target, SafeFileHandle directory, byte* path);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int linkat(SafeFileHandle from, byte* path, SafeFileHandle to, byte* newPath, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int unlinkat(SafeFileHandle directory, byte* path, int flags);
}
