// statx(2), Linux 4.11; fstatfs(2); lseek(2) with SEEK_DATA and SEEK_HOLE on tmpfs, 3.8; fcntl(2) F_GET_SEALS, 3.17; memfd_create(2), 3.17. No privileges beyond those for the file.
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace U2CMigration.PageTracking.Interop;

internal static partial class NativeMethods
{
    internal const int SEEK_DATA = 3;
    internal const int SEEK_HOLE = 4;
    internal const int F_GET_SEALS = 1034;
    internal const int AT_FDCWD = -100;
    internal const int AT_EMPTY_PATH = 0x1000;
    internal const uint STATX_BASIC_STATS = 0x7ff;
    internal const uint STATX_MNT_ID = 0x1000;
    internal const long TMPFS_MAGIC = 0x01021994;
    internal const uint MFD_CLOEXEC = 1;

    [LibraryImport("libc", EntryPoint = "lseek", SetLastError = true)]
    internal static partial long Seek(SafeFileHandle file, long offset, int whence);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    internal static partial int FileControl(SafeFileHandle file, int command, int argument);

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    internal static partial int StatX(SafeFileHandle directory, string path, int flags, uint mask, out StatXFields fields);

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    internal static partial int StatXPath(int directory, string path, int flags, uint mask, out StatXFields fields);

    /// <param name="file">The file.</param>
    /// <param name="status">struct statfs, 120 bytes; the type of the file system comes first.</param>
    [LibraryImport("libc", EntryPoint = "fstatfs", SetLastError = true)]
    internal static unsafe partial int FileSystemOf(SafeFileHandle file, long* status);

    [LibraryImport("libc", EntryPoint = "memfd_create", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    internal static partial int MemfdCreate(string name, uint flags);

    /// <summary>struct statx, as far as it is needed here.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    internal struct StatXFields
    {
        [FieldOffset(20)]
        internal uint UserId;

        [FieldOffset(24)]
        internal uint GroupId;

        [FieldOffset(28)]
        internal ushort Mode;

        [FieldOffset(32)]
        internal ulong Inode;

        [FieldOffset(40)]
        internal long Size;

        /// <summary>In units of 512 bytes.</summary>
        [FieldOffset(48)]
        internal long Blocks;

        [FieldOffset(96)]
        internal long ChangedSeconds;

        [FieldOffset(104)]
        internal uint ChangedNanoseconds;

        [FieldOffset(112)]
        internal long ModifiedSeconds;

        [FieldOffset(120)]
        internal uint ModifiedNanoseconds;

        [FieldOffset(136)]
        internal uint DeviceMajor;

        [FieldOffset(140)]
        internal uint DeviceMinor;

        /// <summary>The mount that the file was opened through; Linux 5.8.</summary>
        [FieldOffset(144)]
        internal ulong Mount;
    }
}
