using U2CMigration.Transport.Frames;
using U2CMigration.Transport.Messages;

namespace U2CMigration.Fuzzing.Targets.Dialogues;

/// <summary>A frame that a script may send: as the product writes it, to be changed or not.</summary>
/// <param name="Type">Its kind.</param>
/// <param name="Payload">What is in it.</param>
/// <param name="HeadBytes">How much of that is in front of pages.</param>
internal readonly record struct ScriptFrame(MessageType Type, byte[] Payload, int HeadBytes)
{
    public static ScriptFrame Of(MigrationMessage message) => Of(new PayloadWriter().Encode(message, 0).ToArray());

    /// <summary>Takes a frame apart that was written for a connection.</summary>
    public static ScriptFrame Of(byte[] frame)
    {
        FrameHeader header = FrameHeader.Parse(frame);
        return new ScriptFrame(header.Type, frame[FrameHeader.Size..], header.Type == MessageType.Pages ? header.HeadBytes : header.PayloadBytes);
    }

    public byte[] Seal(ulong sequence)
    {
        int head = Type == MessageType.Pages ? Math.Min(HeadBytes, Payload.Length) : Payload.Length;
        return [.. WireStream.Seal(Type, Payload.AsSpan(0, head), Payload.AsSpan(head), sequence)];
    }
}
