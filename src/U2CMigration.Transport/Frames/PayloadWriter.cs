using System.Buffers.Binary;
using System.Text;
using U2CMigration.Transport.Messages;
using U2CMigration.Transport.Pages;

namespace U2CMigration.Transport.Frames;

/// <summary>Builds a control frame in one reusable buffer, with room for the header in front so that it leaves in one piece.</summary>
internal sealed class PayloadWriter
{
    private byte[] _buffer = new byte[1024];
    private int _length = FrameHeader.Size;

    /// <summary>Encodes a message as a complete frame; valid until the next call.</summary>
    /// <exception cref="ArgumentException">A value of the message cannot be sent.</exception>
    public ReadOnlyMemory<byte> Encode(MigrationMessage message, ulong sequence)
    {
        _length = FrameHeader.Size;
        message.WritePayload(this);
        return Seal(message.Type, sequence);
    }

    /// <summary>Encodes an acknowledgement of pages. It goes out once per batch, so it is no object.</summary>
    public ReadOnlyMemory<byte> EncodePagesAck(long bytes, ulong sequence)
    {
        _length = FrameHeader.Size;
        WriteAmount(bytes);
        return Seal(MessageType.PagesAck, sequence);
    }

    public void WriteByte(byte value) => Next(1)[0] = value;

    public void WriteUInt16(ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(Next(2), value);

    public void WriteInt32(int value) => BinaryPrimitives.WriteInt32LittleEndian(Next(4), value);

    public void WriteInt64(long value) => BinaryPrimitives.WriteInt64LittleEndian(Next(8), value);

    public void WriteUInt64(ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(Next(8), value);

    public void WriteDuration(TimeSpan value) => WriteAmount(value.Ticks);

    /// <summary>Writes a number of bytes, pages or ticks.</summary>
    public void WriteAmount(long value)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(value);
        WriteInt64(value);
    }

    public void WriteProcessId(int value)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value);
        WriteInt32(value);
    }

    public void WriteRound(int value)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(value);
        WriteInt32(value);
    }

    public void WriteGuid(Guid value) => value.TryWriteBytes(Next(16), bigEndian: true, out _);

    public void WriteCount(int count, int max, string what)
    {
        if (count > max)
        {
            throw new ArgumentException($"{count} {what}; one message carries at most {max}. Send them in several messages.");
        }

        WriteInt32(count);
    }

    public void WriteText(string value, string what, int maxBytes = ProtocolLimits.MaxTextBytes)
    {
        int bytes = Encoding.UTF8.GetByteCount(value);
        if (bytes > maxBytes)
        {
            throw new ArgumentException($"The {what} has {bytes} bytes; the limit is {maxBytes}. Shorten it.");
        }

        WriteUInt16((ushort)bytes);
        Encoding.UTF8.GetBytes(value, Next(bytes));
    }

    /// <summary>Writes a list; <c>what</c> is what it is of, as a plural.</summary>
    public void WriteTexts(IReadOnlyList<string> values, string what)
    {
        WriteCount(values.Count, ProtocolLimits.MaxListEntries, what);
        for (int i = 0; i < values.Count; i++)
        {
            WriteText(values[i], $"text {i} of the {what}");
        }
    }

    public void WriteImageName(string name)
    {
        if (WireRules.ProblemOfImageName(name) is { } problem)
        {
            throw new ArgumentException($"An image file needs a plain file name; this is {problem}.", nameof(name));
        }

        WriteText(name, "image name", ProtocolLimits.MaxImageNameBytes);
    }

    public void WriteRun(PageRun run)
    {
        if (WireRules.ProblemOf(run) is { } problem)
        {
            throw new ArgumentException($"Not a run of pages: {problem}.", nameof(run));
        }

        Span<byte> bytes = Next(16);
        BinaryPrimitives.WriteInt32LittleEndian(bytes, run.ProcessId);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[4..], (uint)run.Pages);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[8..], run.Address);
    }

    public void WriteRuns(IReadOnlyList<PageRun> runs)
    {
        WriteCount(runs.Count, ProtocolLimits.MaxRuns, "runs of pages");
        for (int i = 0; i < runs.Count; i++)
        {
            WriteRun(runs[i]);
        }
    }

    public void WriteBytes(ReadOnlySpan<byte> bytes)
    {
        WriteInt32(bytes.Length);
        bytes.CopyTo(Next(bytes.Length));
    }

    /// <summary>Writes bytes whose number both sides know.</summary>
    public void WriteFixed(ReadOnlySpan<byte> bytes, int count, string what)
    {
        if (bytes.Length != count)
        {
            throw new ArgumentException($"The {what} has {bytes.Length} bytes; it needs {count}.");
        }

        bytes.CopyTo(Next(count));
    }

    private ReadOnlyMemory<byte> Seal(MessageType type, ulong sequence)
    {
        int payloadBytes = _length - FrameHeader.Size;
        if (payloadBytes > ProtocolLimits.MaxPayloadBytes)
        {
            throw new ArgumentException($"{type} has {payloadBytes} bytes; the limit is {ProtocolLimits.MaxPayloadBytes}. Send it in several messages.");
        }

        FrameHeader.Seal(_buffer.AsSpan(0, _length), payloadBytes, type, sequence);
        return _buffer.AsMemory(0, _length);
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
