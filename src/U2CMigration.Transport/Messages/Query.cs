using U2CMigration.Transport.Frames;

namespace U2CMigration.Transport.Messages;

/// <summary>Source to destination, also on a new connection: what became of a migration?</summary>
/// <param name="MigrationId">The migration, as in <see cref="Offer"/>.</param>
public sealed record Query(Guid MigrationId) : MigrationMessage
{
    /// <inheritdoc/>
    public override MessageType Type => MessageType.Query;

    internal override void WritePayload(PayloadWriter writer)
    {
        writer.WriteGuid(MigrationId);
    }

    internal static Query Read(ref PayloadReader reader) => new(reader.ReadGuid());
}
