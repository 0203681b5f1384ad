using System.Buffers.Binary;
using System.IO.Hashing;
using Microsoft.Win32.SafeHandles;
using U2CMigration.Files.Entries;
using U2CMigration.Files.Interop;
using U2CMigration.Files.Records;

namespace U2CMigration.Files.Applying;

/// <summary>Takes the contents of one file.</summary>
internal sealed class FileWriter(FileTreeLimits limits)
{
    private static readonly byte[] NoBytes = new byte[RecordFormat.MaxDataBytes];

    private readonly XxHash128 _checksum = new();
    private readonly byte[] _number = new byte[8];
    private SafeFileHandle? _file;

    /// <summary>Whether a file is being written, or passed over.</summary>
    public bool IsOpen { get; private set; }

    /// <summary>The file; null when it is passed over.</summary>
    public SafeFileHandle? File => _file;

    public byte[] Name { get; private set; } = [];

    public EntryMetadata? Metadata { get; private set; }

    public long Size { get; private set; }

    /// <summary>Bytes of contents that the source sent, in all rounds.</summary>
    public long ContentBytes { get; private set; }

    /// <summary>The same with zeros that had to be written.</summary>
    public long WrittenBytes { get; private set; }

    public void Begin(SafeFileHandle? file, byte[] name, long size, EntryMetadata metadata)
    {
        (_file, Name, Size, Metadata, IsOpen) = (file, name, size, metadata, true);
        _checksum.Reset();
    }

    /// <summary>Takes a record about the contents.</summary>
    /// <returns>0 or the errno.</returns>
    public int Take(ref RecordReader record)
    {
        long offset = record.Amount(Size, "offset");
        Sum(offset);
        if (record.Type == RecordType.Data)
        {
            ReadOnlySpan<byte> bytes = record.Rest();
            if (bytes.Length is 0 or > RecordFormat.MaxDataBytes || bytes.Length > Size - offset)
            {
                throw record.Refuse($"bytes within the file's {Size}", $"{bytes.Length} at {offset}");
            }

            _checksum.Append(bytes);
            ContentBytes += bytes.Length;
            Spend(bytes.Length);
            return _file is null ? 0 : FileCalls.Write(_file, bytes, offset);
        }

        long length = record.Amount(Size - offset, "length");
        record.End();
        Sum(length);
        if (_file is null || length == 0)
        {
            return 0;
        }

        int error = record.Type == RecordType.Hole ? FileCalls.PunchHole(_file, offset, length) : Errno.EOPNOTSUPP;
        return error == Errno.EOPNOTSUPP ? WriteZeros(offset, length) : error;
    }

    /// <summary>Compares the checksum; the file stays open for its metadata.</summary>
    public void CheckEnd(ref RecordReader record)
    {
        UInt128 expected = record.Hash();
        record.End();
        if (_checksum.GetCurrentHashAsUInt128() != expected)
        {
            throw new FileTreeProtocolException("the checksum of what was sent of a file", "another", "It was damaged on the way; try again.");
        }
    }

    public void Close()
    {
        _file?.Dispose();
        (_file, Metadata, IsOpen) = (null, null, false);
    }

    private int WriteZeros(long offset, long length)
    {
        Spend(length);
        for (long done = 0; done < length;)
        {
            int bytes = (int)Math.Min(NoBytes.Length, length - done);
            int error = FileCalls.Write(_file!, NoBytes.AsSpan(0, bytes), offset + done);
            if (error != 0)
            {
                return error;
            }

            done += bytes;
        }

        return 0;
    }

    private void Spend(long bytes)
    {
        WrittenBytes += bytes;
        if (WrittenBytes > limits.MaxContentBytes)
        {
            throw new FileTreeProtocolException($"at most {limits.MaxContentBytes} bytes of contents", "more", "Raise FileTreeLimits.MaxContentBytes if the source is to send as much.");
        }
    }

    private void Sum(long number)
    {
        BinaryPrimitives.WriteInt64LittleEndian(_number, number);
        _checksum.Append(_number);
    }
}
