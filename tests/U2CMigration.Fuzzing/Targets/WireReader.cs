using System.Buffers;
using U2CMigration.Transport.Connections;

namespace U2CMigration.Fuzzing.Targets;

/// <summary>The receiving end of a connection on which everything has to be right.</summary>
internal sealed class WireReader
{
    private readonly FrameReader _frames = new("peer") { AcceptsCodedPages = true };

    public void Read(byte[] bytes, int pieceBytes, PageKeeper sink)
    {
        ReadOnlySequence<byte> buffer = WireStream.Pieces(bytes, pieceBytes);
        while (_frames.Read(ref buffer, sink, out _) != FrameReader.Outcome.NeedMore)
        {
        }

        sink.ThrowIfOverrun();
        if (buffer.Length > 0)
        {
            throw new InvalidOperationException($"{buffer.Length} bytes are left.");
        }
    }
}
