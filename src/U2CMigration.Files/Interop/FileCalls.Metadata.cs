// fchownat(2), chmod(2), utimensat(2), the calls of xattr(7), FS_IOC_GETFLAGS and FS_IOC_SETFLAGS of linux/fs.h. Other owners, trusted and security attributes and flags need root's capabilities.
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace U2CMigration.Files.Interop;

internal static unsafe partial class FileCalls
{
    private const nint UTIME_OMIT = (1 << 30) - 2;
    private const nuint FS_IOC_GETFLAGS = 0x80086601;
    private const nuint FS_IOC_SETFLAGS = 0x40086602;

    /// <returns>0 or the errno.</returns>
    internal static int SetOwner(SafeFileHandle directory, ReadOnlySpan<byte> name, uint userId, uint groupId)
    {
        fixed (byte* path = name)
        {
            return ErrorOf(fchownat(directory, path, userId, groupId, AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH));
        }
    }

    /// <summary>Sets the rights of what a descriptor stands for, opened as a place too.</summary>
    /// <returns>0 or the errno.</returns>
    internal static int SetMode(SafeFileHandle place, uint mode)
    {
        Span<byte> path = stackalloc byte[DescriptorPath.Length];
        DescriptorPath.Write(path, place);
        fixed (byte* start = path)
        {
            return ErrorOf(chmod(start, mode));
        }
    }

    /// <summary>Sets the time of the last modification; that of the last access stays.</summary>
    /// <returns>0 or the errno.</returns>
    internal static int SetModified(SafeFileHandle directory, ReadOnlySpan<byte> name, long seconds, uint nanoseconds)
    {
        nint* times = stackalloc nint[4] { 0, UTIME_OMIT, (nint)seconds, (nint)nanoseconds };
        fixed (byte* path = name)
        {
            return ErrorOf(utimensat(directory, path, times, AT_SYMLINK_NOFOLLOW));
        }
    }

    /// <summary>Lists the attributes of a path, which is not followed.</summary>
    /// <returns>The bytes written, or the errno below 0.</returns>
    internal static int ListAttributes(ReadOnlySpan<byte> path, Span<byte> names)
    {
        fixed (byte* start = path, list = names)
        {
            nint bytes = llistxattr(start, list, (nuint)names.Length);
            return bytes < 0 ? -Marshal.GetLastPInvokeError() : (int)bytes;
        }
    }

    /// <returns>The bytes written, or the errno below 0.</returns>
    internal static int GetAttribute(ReadOnlySpan<byte> path, ReadOnlySpan<byte> name, Span<byte> value)
    {
        fixed (byte* start = path, key = name, to = value)
        {
            nint bytes = lgetxattr(start, key, to, (nuint)value.Length);
            return bytes < 0 ? -Marshal.GetLastPInvokeError() : (int)bytes;
        }
    }

    /// <returns>0 or the errno.</returns>
    internal static int SetAttribute(ReadOnlySpan<byte> path, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        fixed (byte* start = path, key = name, from = value)
        {
            return ErrorOf(lsetxattr(start, key, from, (nuint)value.Length, 0));
        }
    }

    /// <returns>0 or the errno.</returns>
    internal static int RemoveAttribute(ReadOnlySpan<byte> path, ReadOnlySpan<byte> name)
    {
        fixed (byte* start = path, key = name)
        {
            return ErrorOf(lremovexattr(start, key));
        }
    }

    /// <summary>Reads the flags of chattr(1).</summary>
    /// <returns>0 or the errno.</returns>
    internal static int GetFlags(SafeFileHandle file, out uint flags)
    {
        flags = 0;
        fixed (uint* value = &flags)
        {
            return ErrorOf(ioctl(file, FS_IOC_GETFLAGS, value));
        }
    }

    /// <returns>0 or the errno.</returns>
    internal static int SetFlags(SafeFileHandle file, uint flags) => ErrorOf(ioctl(file, FS_IOC_SETFLAGS, &flags));

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fchownat(SafeFileHandle directory, byte* path, uint userId, uint groupId, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int chmod(byte* path, uint mode);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int utimensat(SafeFileHandle directory, byte* path, nint* times, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint llistxattr(byte* path, byte* names, nuint bytes);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint lgetxattr(byte* path, byte* name, byte* value, nuint bytes);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int lsetxattr(byte* path, byte* name, byte* value, nuint bytes, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int lremovexattr(byte* path, byte* name);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int ioctl(SafeFileHandle file, nuint request, uint* value);
}
