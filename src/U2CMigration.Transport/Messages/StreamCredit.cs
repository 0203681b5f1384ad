using U2CMigration.Transport.Frames;

namespace U2CMigration.Transport.Messages;

/// <summary>Either direction: how much of the stream beside the messages was taken. Never reaches callers: see <see cref="Connections.SideChannel"/>.</summary>
/// <param name="TakenBytes">All bytes since the connection was opened.</param>
public sealed record StreamCredit(long TakenBytes) : MigrationMessage
{
    /// <inheritdoc/>
    public override MessageType Type => MessageType.StreamCredit;

    internal override void WritePayload(PayloadWriter writer) => writer.WriteAmount(TakenBytes);

    internal static StreamCredit Read(ref PayloadReader reader) => new(reader.ReadAmount("number of bytes"));
}
