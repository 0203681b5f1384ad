using U2CMigration.Transport.Frames;

namespace U2CMigration.Transport.Messages;

/// <summary>Source to destination: the commit point. From here on the source does not thaw by itself; the destination resumes.</summary>
public sealed record Commit : MigrationMessage
{
    /// <inheritdoc/>
    public override MessageType Type => MessageType.Commit;

    internal override void WritePayload(PayloadWriter writer)
    {
    }
}
