using System.Buffers;
using System.Buffers.Binary;

namespace U2CMigration.Files.Records;

/// <summary>Takes a stream apart into records as bytes arrive, in any pieces.</summary>
internal sealed class RecordFramer
{
    private byte[] _contiguous = new byte[4096];
    private ulong _sequence;

    /// <summary>Takes one record.</summary>
    /// <param name="buffer">What has arrived; becomes what follows the record.</param>
    /// <param name="record">It; valid until the next call.</param>
    /// <returns>False while bytes are missing.</returns>
    public bool TryRead(ref ReadOnlySequence<byte> buffer, out RecordReader record)
    {
        record = default;
        if (buffer.Length < RecordFormat.HeaderBytes)
        {
            return false;
        }

        // The length is checked before the payload is waited for: a forged one must not make the pipe hold gigabytes.
        ReadOnlySpan<byte> header = Contiguous(buffer, RecordFormat.HeaderBytes);
        int bytes = BinaryPrimitives.ReadInt32LittleEndian(header[8..]);
        if (bytes is < 0 or > RecordFormat.MaxPayloadBytes)
        {
            throw new FileTreeProtocolException($"a record of at most {RecordFormat.MaxPayloadBytes} bytes", $"{bytes} bytes");
        }

        int all = RecordFormat.HeaderBytes + bytes;
        if (buffer.Length < all)
        {
            return false;
        }

        ReadOnlySpan<byte> whole = Contiguous(buffer, all);
        if (BinaryPrimitives.ReadUInt64LittleEndian(whole) != RecordFormat.Checksum(whole, _sequence))
        {
            throw new FileTreeProtocolException($"record {_sequence} as it was sent", "another checksum", "It was damaged on the way, or one is missing; try again.");
        }

        _sequence++;
        record = new RecordReader((RecordType)whole[12], whole[RecordFormat.HeaderBytes..]);
        buffer = buffer.Slice(all);
        return true;
    }

    private ReadOnlySpan<byte> Contiguous(in ReadOnlySequence<byte> buffer, int bytes)
    {
        if (buffer.FirstSpan.Length >= bytes)
        {
            return buffer.FirstSpan[..bytes];
        }

        if (_contiguous.Length < bytes)
        {
            _contiguous = GC.AllocateUninitializedArray<byte>(bytes);
        }

        buffer.Slice(0, bytes).CopyTo(_contiguous);
        return _contiguous.AsSpan(0, bytes);
    }
}
