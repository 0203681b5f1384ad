using U2CMigration.Transport.Frames;

namespace U2CMigration.Transport.Messages;

/// <summary>Either direction: the answer to <see cref="Ping"/>; taken in by the connection itself.</summary>
/// <param name="Timestamp">That of the ping.</param>
public sealed record Pong(long Timestamp) : MigrationMessage
{
    /// <inheritdoc/>
    public override MessageType Type => MessageType.Pong;

    internal override void WritePayload(PayloadWriter writer)
    {
        writer.WriteInt64(Timestamp);
    }

    internal static Pong Read(ref PayloadReader reader) => new(reader.ReadInt64());
}
