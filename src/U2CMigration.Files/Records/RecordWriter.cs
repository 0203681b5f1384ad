using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using U2CMigration.Files.Entries;
using U2CMigration.Files.Names;

namespace U2CMigration.Files.Records;

/// <summary>Writes records one after the other into a pipe.</summary>
internal sealed class RecordWriter
{
    private const int FlushBytes = 256 << 10;

    private byte[] _buffer = new byte[1024];
    private int _length;
    private RecordType _type;
    private byte[] _held = new byte[1024];
    private int _heldLength;
    private RecordType _heldType;
    private ulong _sequence;
    private PipeWriter? _output;

    /// <summary>Bytes written since it was made.</summary>
    public long Bytes { get; private set; }

    private PipeWriter Output => _output ?? throw new InvalidOperationException("There is no pipe to write to.");

    public void WriteTo(PipeWriter? output) => _output = output;

    public RecordWriter Begin(RecordType type)
    {
        _type = type;
        _length = RecordFormat.HeaderBytes;
        return this;
    }

    public RecordWriter Byte(byte value)
    {
        Next(1)[0] = value;
        return this;
    }

    public RecordWriter UInt32(uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(Next(4), value);
        return this;
    }

    public RecordWriter Int64(long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(Next(8), value);
        return this;
    }

    public RecordWriter UInt64(ulong value) => Int64((long)value);

    public RecordWriter Hash(UInt128 value)
    {
        BinaryPrimitives.WriteUInt128LittleEndian(Next(16), value);
        return this;
    }

    /// <summary>Writes the name of an entry, kept with a zero.</summary>
    public RecordWriter Name(ReadOnlySpan<byte> name)
    {
        ReadOnlySpan<byte> bytes = NameBytes.WithoutZero(name);
        Byte(checked((byte)bytes.Length));
        bytes.CopyTo(Next(bytes.Length));
        return this;
    }

    /// <summary>Writes bytes with their number in front.</summary>
    public RecordWriter Blob(ReadOnlySpan<byte> bytes)
    {
        UInt32((uint)bytes.Length);
        bytes.CopyTo(Next(bytes.Length));
        return this;
    }

    public RecordWriter Metadata(EntryMetadata metadata)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(Next(2), metadata.Mode);
        UInt32(metadata.UserId).UInt32(metadata.GroupId).Int64(metadata.Modified.Seconds).UInt32(metadata.Modified.Nanoseconds).Byte((byte)metadata.Flags);
        UInt32((uint)metadata.Attributes.Count);
        foreach (ExtendedAttribute attribute in metadata.Attributes)
        {
            Name(attribute.Name).Blob(attribute.Value);
        }

        return this;
    }

    /// <summary>How long the payload is so far.</summary>
    public int PayloadBytes => _length - RecordFormat.HeaderBytes;

    /// <summary>What was written of the payload so far, from an offset on.</summary>
    public ReadOnlySpan<byte> Payload(int from) => _buffer.AsSpan(RecordFormat.HeaderBytes + from, PayloadBytes - from);

    public void End()
    {
        Write(_buffer.AsSpan(0, _length), _type);
    }

    /// <summary>Puts the record aside, so that others can be written before it, or it need not be.</summary>
    public void Hold() => (_held, _heldLength, _heldType, _buffer) = (_buffer, _length, _type, _held);

    /// <summary>Writes the record that was put aside.</summary>
    public void EndHeld() => Write(_held.AsSpan(0, _heldLength), _heldType);

    /// <summary>Sends contents.</summary>
    public void Data(long offset, ReadOnlySpan<byte> bytes)
    {
        int all = RecordFormat.HeaderBytes + RecordFormat.DataHeadBytes + bytes.Length;
        Span<byte> record = Output.GetSpan(all)[..all];
        BinaryPrimitives.WriteInt64LittleEndian(record[RecordFormat.HeaderBytes..], offset);
        bytes.CopyTo(record[(RecordFormat.HeaderBytes + RecordFormat.DataHeadBytes)..]);
        RecordFormat.Seal(record, RecordType.Data, _sequence++);
        Output.Advance(all);
        Bytes += all;
    }

    /// <summary>Waits for the reader, if much is not flushed.</summary>
    public ValueTask PaceAsync(CancellationToken cancellationToken) => Output.UnflushedBytes < FlushBytes ? ValueTask.CompletedTask : FlushAsync(cancellationToken);

    public async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        FlushResult result = await Output.FlushAsync(cancellationToken).ConfigureAwait(false);
        if (result.IsCompleted || result.IsCanceled)
        {
            throw new FileTreeException("The other end does not take the files any more: its reader has ended. Its own error says why.");
        }
    }

    private void Write(Span<byte> record, RecordType type)
    {
        if (record.Length - RecordFormat.HeaderBytes > RecordFormat.MaxPayloadBytes)
        {
            throw new InvalidOperationException($"A record of {record.Length} bytes was not refused before.");
        }

        RecordFormat.Seal(record, type, _sequence++);
        Output.Write(record);
        Bytes += record.Length;
    }

    private Span<byte> Next(int bytes)
    {
        if (_buffer.Length - _length < bytes)
        {
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _length + bytes));
        }

        Span<byte> next = _buffer.AsSpan(_length, bytes);
        _length += bytes;
        return next;
    }
}
