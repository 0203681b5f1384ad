using System.IO.Hashing;
using Microsoft.Win32.SafeHandles;
using U2CMigration.Files.Entries;
using U2CMigration.Files.Interop;
using U2CMigration.Files.Records;
using U2CMigration.Files.Walking;

namespace U2CMigration.Files.Sending;

/// <summary>Reads a regular file and sends the blocks that the destination does not have. Holes stay holes.</summary>
internal sealed class ContentSender(RecordWriter writer, WireCursor place, RoundNotes notes)
{
    private const int BlockBytes = BlockHashes.BlockBytes;

    private readonly byte[] _block = GC.AllocateUninitializedArray<byte>(BlockBytes);
    private readonly XxHash128 _checksum = new();
    private readonly byte[] _offset = new byte[8];
    private Node? _directory;
    private BlockHashes _hashes = new();
    private bool _isNew;
    private bool _isHeadSent;
    private long _dataStart;
    private long _dataEnd;

    /// <summary>Whether the file ended before its size said so: it was cut while it was read.</summary>
    public bool WasCut { get; private set; }

    /// <summary>Sends what differs.</summary>
    /// <param name="directory">Where it is.</param>
    /// <param name="file">The file.</param>
    /// <param name="size">Its size; what grows beyond it is for the next round.</param>
    /// <param name="hashes">What the destination has.</param>
    /// <param name="isNew">Whether the destination makes it.</param>
    /// <param name="needsHead">Whether its head, which the writer has put aside, is sent also without contents.</param>
    /// <param name="cancellationToken">Ends the round.</param>
    /// <returns>Whether anything was sent.</returns>
    public async ValueTask<bool> SendAsync(
        Node directory, SafeFileHandle file, long size, BlockHashes hashes, bool isNew, bool needsHead, CancellationToken cancellationToken)
    {
        (_directory, _hashes, _isNew, _isHeadSent, WasCut) = (directory, hashes, isNew, false, false);
        _checksum.Reset();
        if (needsHead)
        {
            SendHead();
        }

        bool hasData = size > 0 && FileCalls.TryFindData(file, 0, out _dataStart, out _dataEnd);
        long blocks = (size + BlockBytes - 1) / BlockBytes;
        for (long block = 0; block < blocks;)
        {
            long offset = block * BlockBytes;
            if (hasData && _dataEnd <= offset)
            {
                hasData = FileCalls.TryFindData(file, offset, out _dataStart, out _dataEnd);
            }

            long nextData = hasData ? Math.Min(_dataStart / BlockBytes, blocks) : blocks;
            if (nextData > block)
            {
                SendHole(block, nextData, size);
                block = nextData;
                continue;
            }

            SendBlock(file, block, (int)Math.Min(BlockBytes, size - offset));
            block++;
            await writer.PaceAsync(cancellationToken).ConfigureAwait(false);
        }

        _hashes.Forget(blocks, long.MaxValue);
        if (_isHeadSent)
        {
            writer.Begin(RecordType.FileEnd).Hash(_checksum.GetCurrentHashAsUInt128()).End();
        }

        return _isHeadSent;
    }

    private void SendBlock(SafeFileHandle file, long block, int bytes)
    {
        long offset = block * BlockBytes;
        Span<byte> contents = _block.AsSpan(0, bytes);
        int read = FileCalls.Read(file, contents, offset);
        if (read < 0)
        {
            throw Failures.Of(-read, "A file cannot be read");
        }

        WasCut |= read < bytes;
        contents[read..].Clear();
        notes.BytesRead += read;
        UInt128 hash = XxHash128.HashToUInt128(contents);
        hash = hash == 0 ? 1 : hash;
        if (_hashes[block] == hash)
        {
            return;
        }

        if (!_isHeadSent)
        {
            SendHead();
        }

        _hashes[block] = hash;
        if (_dataStart <= offset && _dataEnd >= offset + bytes)
        {
            SendData(offset, contents);
            return;
        }

        SendPieces(file, offset, contents);
    }

    /// <summary>A block with holes in it.</summary>
    private void SendPieces(SafeFileHandle file, long offset, ReadOnlySpan<byte> contents)
    {
        long end = offset + contents.Length;
        for (long at = offset; at < end;)
        {
            bool hasData = FileCalls.TryFindData(file, at, out long start, out long stop);
            start = hasData ? Math.Min(start, end) : end;
            if (start > at)
            {
                SendHole(at, start);
                at = start;
                continue;
            }

            stop = Math.Min(stop, end);
            SendData(at, contents[(int)(at - offset)..(int)(stop - offset)]);
            at = stop;
        }
    }

    private void SendData(long offset, ReadOnlySpan<byte> contents)
    {
        Sum(offset);
        if (contents.ContainsAnyExcept((byte)0))
        {
            _checksum.Append(contents);
            writer.Data(offset, contents);
            notes.ContentBytes += contents.Length;
        }
        else
        {
            Sum(contents.Length);
            writer.Begin(RecordType.Zeros).Int64(offset).Int64(contents.Length).End();
        }
    }

    /// <summary>A hole of whole blocks, which is said only where the destination has data.</summary>
    private void SendHole(long from, long to, long size)
    {
        if (_hashes.Forget(from, to) && !_isNew)
        {
            if (!_isHeadSent)
            {
                SendHead();
            }

            SendHole(from * BlockBytes, Math.Min(to * BlockBytes, size));
        }
    }

    private void SendHole(long from, long to)
    {
        if (!_isNew)
        {
            Sum(from);
            Sum(to - from);
            writer.Begin(RecordType.Hole).Int64(from).Int64(to - from).End();
        }
    }

    private void SendHead()
    {
        place.MoveTo(_directory!);
        writer.EndHeld();
        _isHeadSent = true;
    }

    private void Sum(long number)
    {
        System.Buffers.Binary.BinaryPrimitives.WriteInt64LittleEndian(_offset, number);
        _checksum.Append(_offset);
    }
}
