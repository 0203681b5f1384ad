using U2CMigration.Transport.Frames;

namespace U2CMigration.Transport.Messages;

/// <summary>A control message of the migration protocol. Lists in it must not be changed after it was handed to a connection.</summary>
public abstract record MigrationMessage
{
    private protected MigrationMessage()
    {
    }

    /// <summary>The kind of the message.</summary>
    public abstract MessageType Type { get; }

    internal abstract void WritePayload(PayloadWriter writer);
}
