using U2CMigration.Transport.Frames;

namespace U2CMigration.Transport.Messages;

/// <summary>Destination to source: all of a <see cref="FilesRound"/> is in its place.</summary>
/// <param name="Round">The round.</param>
public sealed record FilesTaken(int Round) : MigrationMessage
{
    /// <inheritdoc/>
    public override MessageType Type => MessageType.FilesTaken;

    internal override void WritePayload(PayloadWriter writer) => writer.WriteRound(Round);

    internal static FilesTaken Read(ref PayloadReader reader) => new(reader.ReadRound());
}
