using U2CMigration.Transport.Frames;

namespace U2CMigration.Transport.Messages;

/// <summary>Either direction: are you there? Answered by the connection itself.</summary>
/// <param name="Timestamp">Comes back in <see cref="Pong"/>; means nothing to the other side.</param>
public sealed record Ping(long Timestamp) : MigrationMessage
{
    /// <inheritdoc/>
    public override MessageType Type => MessageType.Ping;

    internal override void WritePayload(PayloadWriter writer)
    {
        writer.WriteInt64(Timestamp);
    }

    internal static Ping Read(ref PayloadReader reader) => new(reader.ReadInt64());
}
