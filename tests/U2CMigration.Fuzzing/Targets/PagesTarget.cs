using U2CMigration.Fuzzing.Targets.Samples;
using U2CMigration.Transport.Frames;
using U2CMigration.Transport.Messages;

namespace U2CMigration.Fuzzing.Targets;

/// <summary>Batches of pages in either encoding: heads, LZ4 blocks, deltas, references and zero pages as a hostile source would send them.</summary>
internal sealed class PagesTarget : IFuzzTarget
{
    private const int MostBatches = 8;

    public string Name => "pages";

    public void Run(ReadOnlySpan<byte> input)
    {
        var cursor = new Cursor(input);
        int pieceBytes = cursor.Byte() * 16;
        var bytes = new List<byte>();
        for (ulong sequence = 0; sequence < MostBatches && !cursor.IsAtEnd; sequence++)
        {
            ReadOnlySpan<byte> head = cursor.Piece();
            bytes.AddRange(WireStream.Seal(MessageType.Pages, head, cursor.Piece(), sequence));
        }

        WireStream.Read([.. bytes], pieceBytes, new PageKeeper());
    }

    public IEnumerable<byte[]> Seeds() => Batches.All.Select(static frames => (byte[])[0, .. frames.SelectMany(static frame =>
    {
        int head = FrameHeader.Parse(frame).HeadBytes;
        return (byte[])[.. Cursor.PieceOf(frame.AsSpan(FrameHeader.Size, head)), .. Cursor.PieceOf(frame.AsSpan(FrameHeader.Size + head))];
    })]);
}
