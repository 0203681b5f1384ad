// statx(2), Linux 4.11. Fields of linux/stat.h, 256 bytes on every architecture. No privileges beyond those for the path.
using System.Runtime.InteropServices;

namespace U2CMigration.Core.Interop;

/// <summary>What a file is, as the kernel tells it.</summary>
/// <param name="Device">The file system.</param>
/// <param name="Inode">The number of the file there.</param>
/// <param name="Links">How many names it has.</param>
/// <param name="Bytes">What it takes on the disk, without its holes.</param>
/// <param name="IsRegular">Whether it is a plain file.</param>
internal readonly record struct FileStatus(ulong Device, ulong Inode, uint Links, long Bytes, bool IsRegular)
{
    private const int RegularFile = 0x8000;
    private const int TypeMask = 0xf000;

    /// <summary>The unit of stx_blocks, whatever the file system's own is.</summary>
    private const int BlockBytes = 512;

    /// <summary>Type and rights, as in st_mode.</summary>
    internal ushort Mode { get; private init; }

    /// <summary>Who owns it.</summary>
    internal uint UserId { get; private init; }

    /// <summary>The group that it belongs to.</summary>
    internal uint GroupId { get; private init; }

    /// <summary>Its size, holes included.</summary>
    internal long Size { get; private init; }

    /// <summary>The device that it stands for, where it is one: major and minor number.</summary>
    internal (uint Major, uint Minor) RawDevice { get; private init; }

    /// <summary>Asks for a path, following links, also those of <c>/proc/PID/fd</c> that lead to files without a name.</summary>
    /// <returns>What it is; null when it is not there any more or may not be asked for.</returns>
    internal static FileStatus? TryRead(string path) => TryRead(path, follow: true);

    /// <summary>Asks for a link itself: of those of <c>/proc/PID/fd</c> the rights say whether the descriptor reads and writes.</summary>
    internal static FileStatus? TryReadLink(string path) => TryRead(path, follow: false);

    private static FileStatus? TryRead(string path, bool follow) => FileStatusCall.Read(path, follow, out StatX status) != 0
        ? null
        : new FileStatus(
            ((ulong)status.DeviceMajor << 32) | status.DeviceMinor, status.Inode, status.Links, checked((long)status.Blocks * BlockBytes), (status.Mode & TypeMask) == RegularFile)
        {
            Mode = status.Mode,
            UserId = status.UserId,
            GroupId = status.GroupId,
            Size = status.Size,
            RawDevice = (status.RawDeviceMajor, status.RawDeviceMinor),
        };

    [StructLayout(LayoutKind.Explicit, Size = 256)]
    internal struct StatX
    {
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

        [FieldOffset(48)]
        public ulong Blocks;

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

/// <summary>The call itself.</summary>
internal static partial class FileStatusCall
{
    private const int CurrentDirectory = -100;
    private const uint BasicFields = 0x7ff;

    private const int NoFollow = 0x100;

    internal static int Read(string path, bool follow, out FileStatus.StatX status) => statx(CurrentDirectory, path, follow ? 0 : NoFollow, BasicFields, out status);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int statx(int directory, string path, int flags, uint mask, out FileStatus.StatX status);
}
