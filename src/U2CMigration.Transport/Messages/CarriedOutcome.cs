using U2CMigration.Transport.Frames;

namespace U2CMigration.Transport.Messages;

/// <summary>
/// Destination to source, before <see cref="Restored"/>: what of <see cref="CarriedState"/> the restored tasks could not be given. Needs <see cref="ProtocolFeatures.CarriedState"/>.
/// </summary>
/// <param name="Warnings">A sentence each; none when all was set. More than the protocol allows are left out.</param>
/// <param name="LostProtections">A sentence for each protection that the restored tasks lack. The source does not commit unless its caller allowed it.</param>
public sealed record CarriedOutcome(IReadOnlyList<string> Warnings, IReadOnlyList<string> LostProtections) : MigrationMessage
{
    /// <inheritdoc/>
    public override MessageType Type => MessageType.CarriedOutcome;

    internal override void WritePayload(PayloadWriter writer)
    {
        Write(Warnings, writer);
        Write(LostProtections, writer);
    }

    internal static CarriedOutcome Read(ref PayloadReader reader) => new(reader.ReadSentences("sentences"), reader.ReadSentences("sentences"));

    private static void Write(IReadOnlyList<string> texts, PayloadWriter writer)
    {
        int count = Math.Min(texts.Count, ProtocolLimits.MaxListEntries);
        writer.WriteCount(count, ProtocolLimits.MaxListEntries, "sentences");
        for (int i = 0; i < count; i++)
        {
            writer.WriteText(texts[i], "sentence");
        }
    }
}
