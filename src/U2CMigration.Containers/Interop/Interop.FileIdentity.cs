// statx(2), Linux 4.11. Fields of linux/stat.h, 256 bytes on every architecture. No privileges beyond those for the path.
using System.Globalization;
using System.Runtime.InteropServices;

namespace U2CMigration.Containers.Interop;

/// <summary>Which file a path leads to.</summary>
internal static partial class FileIdentity
{
    private const int AT_FDCWD = -100;
    private const uint STATX_INO = 0x100;
    private const string BootId = "/proc/sys/kernel/random/boot_id";

    /// <summary>The same text for the same file of the same kernel, by whatever path, from whatever host that shares the kernel; empty where it is not there.</summary>
    internal static string Of(string path) => statx(AT_FDCWD, path, 0, STATX_INO, out StatX status) != 0
        ? string.Empty
        : string.Create(CultureInfo.InvariantCulture, $"{File.ReadAllText(BootId).Trim()}:{status.DeviceMajor}:{status.DeviceMinor}:{status.Inode}");

    /// <summary>The file system that a file says it is on; null where it is not there.</summary>
    internal static (uint Major, uint Minor)? FileSystemOf(string path) => statx(AT_FDCWD, path, 0, STATX_INO, out StatX status) == 0 ? (status.DeviceMajor, status.DeviceMinor) : null;

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int statx(int directory, string path, int flags, uint mask, out StatX status);

    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct StatX
    {
        [FieldOffset(32)]
        public ulong Inode;

        [FieldOffset(136)]
        public uint DeviceMajor;

        [FieldOffset(140)]
        public uint DeviceMinor;
    }
}
