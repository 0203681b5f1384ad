using U2CMigration.Files.Interop;

namespace U2CMigration.Files.Entries;

/// <summary>What the kernel says of an entry without reading it. Two that are equal say that nothing was changed in between, up to the resolution of the times.</summary>
internal readonly record struct FileStamp(
    ulong Device, ulong Inode, long Size, FileTime Modified, FileTime Changed, ulong RawDevice, uint UserId, uint GroupId, ushort Mode, EntryFlags Flags)
{
    private const ulong IsMountPoint = 0x2000;
    private const ulong IsImmutable = 0x10;
    private const ulong IsAppendOnly = 0x20;
    private const ulong IsNotDumped = 0x40;
    private const ulong IsVerified = 0x100000;

    public const uint Rights = 0xfff;

    public EntryType Type => (EntryType)(Mode >> 12);

    /// <summary>A character device 0/0: in the upper folder of an overlay, a removal.</summary>
    public bool IsWhiteout => Type == EntryType.CharacterDevice && RawDevice == 0;

    /// <summary>The flags that travel. Only files and directories can be given any; others get them from the directory that they are made in.</summary>
    public EntryFlags CarriedFlags => Type is EntryType.RegularFile or EntryType.Directory ? Flags & EntryFlags.Carried : EntryFlags.None;

    public static FileStamp Of(in FileCalls.StatX status)
    {
        EntryFlags flags = EntryFlags.None;
        flags |= (status.Attributes & IsImmutable) != 0 ? EntryFlags.Immutable : 0;
        flags |= (status.Attributes & IsAppendOnly) != 0 ? EntryFlags.AppendOnly : 0;
        flags |= (status.Attributes & IsNotDumped) != 0 ? EntryFlags.NoDump : 0;
        flags |= (status.Attributes & IsVerified) != 0 ? EntryFlags.Verity : 0;
        flags |= (status.Attributes & IsMountPoint) != 0 ? EntryFlags.MountPoint : 0;
        return new FileStamp(
            ((ulong)status.DeviceMajor << 32) | status.DeviceMinor,
            status.Inode,
            status.Size,
            new FileTime(status.ModifiedSeconds, status.ModifiedNanoseconds),
            new FileTime(status.ChangedSeconds, status.ChangedNanoseconds),
            ((ulong)status.RawDeviceMajor << 32) | status.RawDeviceMinor,
            status.UserId,
            status.GroupId,
            status.Mode,
            flags);
    }
}
