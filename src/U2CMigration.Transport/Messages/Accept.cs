using U2CMigration.Transport.Frames;

namespace U2CMigration.Transport.Messages;

/// <summary>Destination to source: the offer is taken; pages may come.</summary>
public sealed record Accept : MigrationMessage
{
    /// <inheritdoc/>
    public override MessageType Type => MessageType.Accept;

    internal override void WritePayload(PayloadWriter writer)
    {
    }
}
