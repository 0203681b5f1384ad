using System.Buffers.Binary;
using U2CMigration.Transport.Codec;

namespace U2CMigration.Transport.Pages;

public sealed partial class PageBatch
{
    private readonly PageShape[] _shapes = new PageShape[MaxPages];
    private readonly PageReference[] _references = new PageReference[MaxPages];
    private int _referenceCount;
    private int _dataBytes;

    /// <summary>Encodes a page and moves its data up to that of the pages before it, which never took more than they had.</summary>
    private void Encode(PageCodec codec, int processId, ulong address, int index)
    {
        Span<byte> page = _buffer.AsSpan(_dataOffset + (index * PageBytes), PageBytes);
        EncodedPage encoded = codec.Encode(processId, address, page);
        ReadOnlySpan<byte> data = encoded.Kind == PageKind.Raw ? page : encoded.Data;
        if (encoded.Kind != PageKind.Raw || _dataBytes != index * PageBytes)
        {
            data.CopyTo(_buffer.AsSpan(_dataOffset + _dataBytes, data.Length));
        }

        _shapes[SentPages] = new PageShape(encoded.Kind, data.Length);
        _checksums[SentPages] = encoded.Checksum;
        _dataBytes += data.Length;
        if (encoded.Kind == PageKind.Reference)
        {
            _references[_referenceCount++] = encoded.Reference;
        }
        else if (encoded.Kind == PageKind.Zero)
        {
            ZeroPages++;
        }
    }

    private void WriteCodedHead(int wireRuns)
    {
        int restBytes = (SentPages * PageShape.Size) + ((SentPages - ZeroPages) * sizeof(ulong)) + (_referenceCount * PageReference.Size);
        Span<byte> head = BeginHead(PageEncoding.Coded, wireRuns, _referenceCount, restBytes, _dataBytes);
        for (int i = 0; i < SentPages; i++)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(head, _shapes[i].Value);
            head = head[PageShape.Size..];
        }

        for (int i = 0; i < SentPages; i++)
        {
            if (_shapes[i].HasChecksum)
            {
                BinaryPrimitives.WriteUInt64LittleEndian(head, _checksums[i]);
                head = head[sizeof(ulong)..];
            }
        }

        for (int i = 0; i < _referenceCount; i++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(head, _references[i].ProcessId);
            BinaryPrimitives.WriteUInt64LittleEndian(head[4..], _references[i].Address);
            head = head[PageReference.Size..];
        }
    }
}
