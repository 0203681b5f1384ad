using U2CMigration.Transport.Frames;

namespace U2CMigration.Transport.Messages;

/// <summary>Destination to source: the offer is not taken; the source continues as it was.</summary>
/// <param name="Reason">Why, for programs.</param>
/// <param name="Sentence">Why and what to do about it, for people.</param>
public sealed record Refuse(RefusalReason Reason, string Sentence) : MigrationMessage
{
    /// <inheritdoc/>
    public override MessageType Type => MessageType.Refuse;

    internal override void WritePayload(PayloadWriter writer)
    {
        writer.WriteUInt16((ushort)Reason);
        writer.WriteText(Sentence, "sentence");
    }

    internal static Refuse Read(ref PayloadReader reader) => new((RefusalReason)reader.ReadUInt16(), reader.ReadSentence());
}
