using U2CMigration.Transport.Frames;

namespace U2CMigration.Transport.Messages;

/// <summary>Source to destination: the frozen original is gone, only one copy is left.</summary>
public sealed record Released : MigrationMessage
{
    /// <inheritdoc/>
    public override MessageType Type => MessageType.Released;

    internal override void WritePayload(PayloadWriter writer)
    {
    }
}
