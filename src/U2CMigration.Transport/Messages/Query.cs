using U2CMigration.Transport.Frames;

namespace U2CMigration.Transport.Messages;

/// <summary>Source to destination, also on a new connection: what became of a migration?</summary>
/// <param name="MigrationId">The migration, as in <see cref="Offer"/>.</param>
public sealed record Query(Guid MigrationId) : MigrationMessage
{
    /// <summary>Whether the destination is to give it up, unless it has committed: the answer is final then.</summary>
    /// <value>Only for a peer with <see cref="ProtocolFeatures.LedgerIdentity"/>.</value>
    public bool AbortUnlessCommitted { get; init; }

    /// <inheritdoc/>
    public override MessageType Type => MessageType.Query;

    internal override void WritePayload(PayloadWriter writer)
    {
        writer.WriteGuid(MigrationId);
        if (AbortUnlessCommitted)
        {
            writer.WriteByte(1);
        }
    }

    internal static Query Read(ref PayloadReader reader) => new(reader.ReadGuid()) { AbortUnlessCommitted = !reader.IsAtEnd && reader.ReadByte() != 0 };
}
