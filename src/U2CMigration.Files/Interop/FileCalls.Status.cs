// statx(2), Linux 4.11, linux/stat.h; fstatfs(2). No privileges beyond those for the path.
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace U2CMigration.Files.Interop;

internal static unsafe partial class FileCalls
{
    private const int AT_SYMLINK_NOFOLLOW = 0x100;
    private const int AT_NO_AUTOMOUNT = 0x800;
    private const int AT_EMPTY_PATH = 0x1000;
    private const uint STATX_BASIC_STATS = 0x7ff;

    /// <summary>Asks what a name of a directory is; links are not followed. The name ends with a zero.</summary>
    /// <returns>0 or the errno.</returns>
    internal static int Status(SafeFileHandle directory, byte* name, out StatX status) =>
        ErrorOf(statx(directory, name, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT, STATX_BASIC_STATS, out status));

    /// <summary>Asks what an open file is.</summary>
    /// <returns>0 or the errno.</returns>
    internal static int Status(SafeFileHandle file, out StatX status)
    {
        byte nothing = 0;
        return ErrorOf(statx(file, &nothing, AT_EMPTY_PATH, STATX_BASIC_STATS, out status));
    }

    /// <summary>The kind of the file system that an open file is on: its magic number (linux/magic.h); 0 where it cannot be asked for.</summary>
    internal static long FileSystemOf(SafeFileHandle file)
    {
        // struct statfs is 120 bytes on 64-bit Linux, f_type first.
        long* status = stackalloc long[16];
        return fstatfs(file, status) == 0 ? status[0] : 0;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int statx(SafeFileHandle directory, byte* path, int flags, uint mask, out StatX status);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fstatfs(SafeFileHandle file, long* status);

    /// <summary>struct statx: 256 bytes on every architecture.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    internal struct StatX
    {
        [FieldOffset(8)]
        public ulong Attributes;

        [FieldOffset(16)]
        public uint Links;

        [FieldOffset(20)]
        public uint UserId;

        [FieldOffset(24)]
        public uint GroupId;

        [FieldOffset(28)]
        public ushort Mode;

        [FieldOffset(32)]
        public ulong Inode;

        [FieldOffset(40)]
        public long Size;

        [FieldOffset(96)]
        public long ChangedSeconds;

        [FieldOffset(104)]
        public uint ChangedNanoseconds;

        [FieldOffset(112)]
        public long ModifiedSeconds;

        [FieldOffset(120)]
        public uint ModifiedNanoseconds;

        [FieldOffset(128)]
        public uint RawDeviceMajor;

        [FieldOffset(132)]
        public uint RawDeviceMinor;

        [FieldOffset(136)]
        public uint DeviceMajor;

        [FieldOffset(140)]
        public uint DeviceMinor;
    }
}
