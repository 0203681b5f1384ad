using U2CMigration.Transport.Frames;

namespace U2CMigration.Transport.Messages;

/// <summary>Either direction: bytes of the stream beside the messages. Never reaches callers: see <see cref="Connections.SideChannel"/>.</summary>
/// <param name="Data">The bytes; 1 to <see cref="ProtocolLimits.MaxStreamPieceBytes"/>.</param>
public sealed record StreamData(ReadOnlyMemory<byte> Data) : MigrationMessage
{
    /// <inheritdoc/>
    public override MessageType Type => MessageType.StreamData;

    internal override void WritePayload(PayloadWriter writer)
    {
        if (Data.Length is 0 or > ProtocolLimits.MaxStreamPieceBytes)
        {
            throw new ArgumentException($"A piece of {Data.Length} bytes of the stream; it has 1 to {ProtocolLimits.MaxStreamPieceBytes}.");
        }

        writer.WriteBytes(Data.Span);
    }

    internal static StreamData Read(ref PayloadReader reader)
    {
        ReadOnlySpan<byte> data = reader.ReadBytes();
        return data.Length is > 0 and <= ProtocolLimits.MaxStreamPieceBytes
            ? new StreamData(data.ToArray())
            : throw reader.Refuse($"a piece of 1 to {ProtocolLimits.MaxStreamPieceBytes} bytes", $"{data.Length}");
    }
}
