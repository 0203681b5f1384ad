using U2CMigration.Transport.Frames;

namespace U2CMigration.Transport.Messages;

/// <summary>Destination to source, after <see cref="LocksPending"/> and <see cref="Commit"/>: the commit is recorded, so the source must end the frozen original to free its locks.</summary>
public sealed record Committed : MigrationMessage
{
    /// <inheritdoc/>
    public override MessageType Type => MessageType.Committed;

    internal override void WritePayload(PayloadWriter writer)
    {
    }
}
