using System.Buffers.Binary;
using U2CMigration.Files.Entries;
using U2CMigration.Files.Names;

namespace U2CMigration.Files.Records;

/// <summary>Reads the payload of one record; everything in it is untrusted.</summary>
internal ref struct RecordReader
{
    private ReadOnlySpan<byte> _rest;

    public RecordReader(RecordType type, ReadOnlySpan<byte> payload)
    {
        Type = type;
        _rest = payload;
    }

    public RecordType Type { get; }

    public byte Byte() => Next(1)[0];

    public bool Flag() => Byte() switch
    {
        0 => false,
        1 => true,
        byte other => throw Refuse("0 or 1", $"{other}"),
    };

    public uint UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Next(4));

    public long Int64() => BinaryPrimitives.ReadInt64LittleEndian(Next(8));

    public ulong UInt64() => (ulong)Int64();

    public UInt128 Hash() => BinaryPrimitives.ReadUInt128LittleEndian(Next(16));

    /// <summary>Reads a number of bytes or an offset.</summary>
    public long Amount(long most, string what)
    {
        long value = Int64();
        return value >= 0 && value <= most ? value : throw Refuse($"a {what} of at most {most}", $"{value}");
    }

    /// <summary>Reads the name of an entry: one step, which leads nowhere else.</summary>
    /// <returns>It with a zero.</returns>
    public byte[] Name()
    {
        ReadOnlySpan<byte> name = Next(Byte());
        return NameBytes.ProblemOf(name) is { } problem ? throw Refuse("the name of an entry", problem) : NameBytes.WithZero(name);
    }

    /// <summary>Reads bytes with their number in front.</summary>
    public ReadOnlySpan<byte> Blob(int most, string what)
    {
        uint bytes = UInt32();
        return bytes <= most ? Next((int)bytes) : throw Refuse($"a {what} of at most {most} bytes", $"{bytes} bytes");
    }

    public ReadOnlySpan<byte> Rest()
    {
        ReadOnlySpan<byte> rest = _rest;
        _rest = default;
        return rest;
    }

    public EntryMetadata Metadata()
    {
        ushort mode = BinaryPrimitives.ReadUInt16LittleEndian(Next(2));
        uint userId = UInt32();
        uint groupId = UInt32();
        if (userId == uint.MaxValue || groupId == uint.MaxValue)
        {
            // To the kernel it means that the owner stays.
            throw Refuse("an owner", "number 4294967295, which none has");
        }

        long seconds = Int64();
        uint nanoseconds = UInt32();
        if (nanoseconds >= FileTime.PerSecond)
        {
            throw Refuse("less than a second", $"{nanoseconds} nanoseconds");
        }

        var flags = (EntryFlags)Byte();
        if ((flags & ~EntryFlags.Carried) != 0)
        {
            throw Refuse("flags that travel", $"{(byte)flags}");
        }

        uint count = UInt32();
        if (count > RecordFormat.MaxAttributes)
        {
            throw Refuse($"at most {RecordFormat.MaxAttributes} attributes", $"{count}");
        }

        List<ExtendedAttribute>? attributes = null;
        for (uint i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> name = Next(Byte());
            if (name.Contains((byte)0) || !AttributeRules.Travels(name))
            {
                throw Refuse("an attribute that travels", $"'{NameBytes.Show(name)}'");
            }

            (attributes ??= []).Add(new ExtendedAttribute(NameBytes.WithZero(name), Blob(RecordFormat.MaxDataBytes, "value").ToArray()));
        }

        return new EntryMetadata(mode, userId, groupId, new FileTime(seconds, nanoseconds), flags, attributes ?? (IReadOnlyList<ExtendedAttribute>)[]);
    }

    public readonly void End()
    {
        if (!_rest.IsEmpty)
        {
            throw Refuse("the end of the record", $"{_rest.Length} bytes more");
        }
    }

    public readonly FileTreeProtocolException Refuse(string expected, string got) => new($"{expected} in {Type}", got);

    private ReadOnlySpan<byte> Next(int bytes)
    {
        if (_rest.Length < bytes)
        {
            throw Refuse($"{bytes} bytes more", $"{_rest.Length}");
        }

        ReadOnlySpan<byte> next = _rest[..bytes];
        _rest = _rest[bytes..];
        return next;
    }
}
