using U2CMigration.Transport.Frames;

namespace U2CMigration.Transport.Messages;

/// <summary>Either direction: the migration ends here. Before <see cref="Commit"/> the source continues; after it only the destination may send this, and the source thaws.</summary>
/// <param name="Code">Why, for programs.</param>
/// <param name="Sentence">Why and what to do about it, for people.</param>
public sealed record Abort(AbortCode Code, string Sentence) : MigrationMessage
{
    /// <inheritdoc/>
    public override MessageType Type => MessageType.Abort;

    internal override void WritePayload(PayloadWriter writer)
    {
        writer.WriteUInt16((ushort)Code);
        writer.WriteText(Sentence, "sentence");
    }

    internal static Abort Read(ref PayloadReader reader) => new((AbortCode)reader.ReadUInt16(), reader.ReadSentence());
}
