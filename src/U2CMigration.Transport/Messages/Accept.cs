using U2CMigration.Transport.Frames;

namespace U2CMigration.Transport.Messages;

/// <summary>Destination to source: the offer is taken; pages may come.</summary>
public sealed record Accept : MigrationMessage
{
    /// <summary>What the workload will not have at the destination although it is taken, a sentence each.</summary>
    /// <value>Only for a peer with <see cref="ProtocolFeatures.ProcessorFeatures"/>; another one breaks off at them.</value>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>The record in which the destination writes what becomes of the migration.</summary>
    /// <value>Only for a peer with <see cref="ProtocolFeatures.LedgerIdentity"/>; null for another one.</value>
    public LedgerIdentity? Ledger { get; init; }

    /// <inheritdoc/>
    public override MessageType Type => MessageType.Accept;

    internal override void WritePayload(PayloadWriter writer)
    {
        if (Warnings.Count > 0 || Ledger is not null)
        {
            writer.WriteTexts(Warnings, "warnings");
        }

        Ledger?.Write(writer);
    }

    internal static Accept Read(ref PayloadReader reader)
    {
        IReadOnlyList<string> warnings = reader.IsAtEnd ? [] : reader.ReadSentences("warnings");
        return new Accept { Warnings = warnings, Ledger = reader.IsAtEnd ? null : LedgerIdentity.Read(ref reader) };
    }
}
