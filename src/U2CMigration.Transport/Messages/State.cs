using U2CMigration.Transport.Frames;

namespace U2CMigration.Transport.Messages;

/// <summary>Destination to source: the answer to <see cref="Query"/>.</summary>
/// <param name="MigrationId">The migration.</param>
/// <param name="Value">What became of it.</param>
public sealed record State(Guid MigrationId, MigrationState Value) : MigrationMessage
{
    /// <summary>The record that says so. A source believes only the one that it was given with <see cref="Accept"/>.</summary>
    /// <value>Only for a peer with <see cref="ProtocolFeatures.LedgerIdentity"/>; null for another one.</value>
    public LedgerIdentity? Ledger { get; init; }

    /// <inheritdoc/>
    public override MessageType Type => MessageType.State;

    internal override void WritePayload(PayloadWriter writer)
    {
        writer.WriteGuid(MigrationId);
        writer.WriteByte((byte)Value);
        Ledger?.Write(writer);
    }

    internal static State Read(ref PayloadReader reader)
    {
        Guid migrationId = reader.ReadGuid();
        var state = (MigrationState)reader.ReadByte();

        // A state not understood must never be taken for one that lets the source thaw or kill.
        return state <= MigrationState.Aborted
            ? new State(migrationId, state) { Ledger = reader.IsAtEnd ? null : LedgerIdentity.Read(ref reader) }
            : throw reader.Refuse("a known state", $"{(byte)state}");
    }
}
