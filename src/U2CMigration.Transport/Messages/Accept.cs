using U2CMigration.Transport.Frames;

namespace U2CMigration.Transport.Messages;

/// <summary>Destination to source: the offer is taken; pages may come.</summary>
public sealed record Accept : MigrationMessage
{
    /// <summary>What the workload will not have at the destination although it is taken, a sentence each.</summary>
    /// <value>Only for a peer with <see cref="ProtocolFeatures.ProcessorFeatures"/>; another one breaks off at them.</value>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <inheritdoc/>
    public override MessageType Type => MessageType.Accept;

    internal override void WritePayload(PayloadWriter writer)
    {
        if (Warnings.Count > 0)
        {
            writer.WriteTexts(Warnings, "warnings");
        }
    }

    internal static Accept Read(ref PayloadReader reader) => new() { Warnings = reader.IsAtEnd ? [] : reader.ReadSentences("warnings") };
}
