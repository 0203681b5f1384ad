using U2CMigration.Transport.Frames;

namespace U2CMigration.Transport.Messages;

/// <summary>A shared memory object of the source.</summary>
/// <param name="Id">The number under which its pages travel; from <see cref="ProtocolLimits.FirstObjectId"/> on.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Inode">Its number in the file system of the source, by which the images name it.</param>
/// <param name="Size">Its length in bytes.</param>
/// <param name="Mode">Its permissions.</param>
/// <param name="UserId">Its owner.</param>
/// <param name="GroupId">Its group.</param>
/// <param name="Seals">What must not be done with it (F_SEAL_*).</param>
/// <param name="Key">What the images call it where it is handed to a restore as an inherited file; empty where that follows from the number.</param>
/// <param name="Name">Its name; the path of a file, also of a deleted one.</param>
public sealed record SharedObjectEntry(int Id, SharedObjectEntryKind Kind, ulong Inode, long Size, int Mode, int UserId, int GroupId, int Seals, string Key, string Name)
{
    internal const int LeastBytes = 4 + 1 + 8 + 8 + 4 + 4 + 4 + 4 + 2 + 2;

    private const int Permissions = 0xfff;

    internal void Write(PayloadWriter writer)
    {
        writer.WriteInt32(Id);
        writer.WriteByte((byte)Kind);
        writer.WriteUInt64(Inode);
        writer.WriteAmount(Size);
        writer.WriteInt32(Mode);
        writer.WriteInt32(UserId);
        writer.WriteInt32(GroupId);
        writer.WriteInt32(Seals);
        writer.WriteText(Key, "key of the shared memory");
        writer.WriteText(Name, "name of the shared memory");
    }

    internal static SharedObjectEntry Read(ref PayloadReader reader)
    {
        int id = reader.ReadInt32();
        byte kind = reader.ReadByte();
        var entry = new SharedObjectEntry(
            id, (SharedObjectEntryKind)kind, reader.ReadUInt64(), reader.ReadAmount("size"), reader.ReadInt32(), reader.ReadInt32(), reader.ReadInt32(), reader.ReadInt32(), reader.ReadText(), reader.ReadText());
        return id < ProtocolLimits.FirstObjectId ? throw reader.Refuse($"an object with a number from {ProtocolLimits.FirstObjectId} on", $"{id}")
            : !Enum.IsDefined(entry.Kind) ? throw reader.Refuse("a known kind of shared memory", $"{kind}")
            : (ulong)entry.Size > ProtocolLimits.AddressLimit ? throw reader.Refuse("a size of at most 2^47 bytes", $"{entry.Size}")
            : (entry.Mode & ~Permissions) != 0 ? throw reader.Refuse("permissions", $"0x{entry.Mode:x}")
            : entry.Name.Contains('\0', StringComparison.Ordinal) ? throw reader.Refuse("a name without a zero byte", "one with it")
            : entry;
    }
}
