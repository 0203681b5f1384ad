using U2CMigration.Transport.Frames;

namespace U2CMigration.Transport.Messages;

/// <summary>Source to destination, after <see cref="Committed"/>: the frozen original is gone, and its file locks with it.</summary>
public sealed record LocksReleased : MigrationMessage
{
    /// <inheritdoc/>
    public override MessageType Type => MessageType.LocksReleased;

    internal override void WritePayload(PayloadWriter writer)
    {
    }
}
