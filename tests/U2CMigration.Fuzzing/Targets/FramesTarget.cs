using U2CMigration.Fuzzing.Targets.Samples;
using U2CMigration.Transport.Frames;
using U2CMigration.Transport.Messages;

namespace U2CMigration.Fuzzing.Targets;

/// <summary>All control messages: a type and a payload each, to which a right frame is made. What is understood must be the same when it is sent again.</summary>
internal sealed class FramesTarget : IFuzzTarget
{
    private const int MostFrames = 16;

    public string Name => "frames";

    public void Run(ReadOnlySpan<byte> input)
    {
        var cursor = new Cursor(input);
        int pieceBytes = cursor.Byte();
        var bytes = new List<byte>();
        for (ulong sequence = 0; sequence < MostFrames && !cursor.IsAtEnd; sequence++)
        {
            var type = (MessageType)cursor.Byte();
            ReadOnlySpan<byte> payload = cursor.Piece();
            int head = type == MessageType.Pages ? Math.Min(payload.Length, cursor.Number()) : payload.Length;
            bytes.AddRange(WireStream.Seal(type, payload[..head], payload[head..], sequence));
        }

        WireStream.Read([.. bytes], pieceBytes, new PageKeeper()).ForEach(WireStream.ThrowIfChanged);
    }

    public IEnumerable<byte[]> Seeds() => Messages.All.Select(static message =>
    {
        byte[] frame = new PayloadWriter().Encode(message, 0).ToArray();
        return (byte[])[0, (byte)message.Type, .. Cursor.PieceOf(frame.AsSpan(FrameHeader.Size))];
    });
}
