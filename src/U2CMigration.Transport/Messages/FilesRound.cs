using U2CMigration.Transport.Frames;

namespace U2CMigration.Transport.Messages;

/// <summary>Source to destination: what follows on the stream is a round of files. Answered by <see cref="FilesTaken"/>; one at a time. Needs <see cref="ProtocolFeatures.FilesInStep"/>.</summary>
/// <param name="Round">The number of the round, from 0; a comparison counts as one.</param>
/// <param name="Kind">What it is.</param>
public sealed record FilesRound(int Round, FilesRoundKind Kind) : MigrationMessage
{
    /// <inheritdoc/>
    public override MessageType Type => MessageType.FilesRound;

    internal override void WritePayload(PayloadWriter writer)
    {
        writer.WriteRound(Round);
        writer.WriteByte((byte)Kind);
    }

    internal static FilesRound Read(ref PayloadReader reader)
    {
        int round = reader.ReadRound();
        byte kind = reader.ReadByte();
        return kind <= (byte)FilesRoundKind.Comparison ? new FilesRound(round, (FilesRoundKind)kind) : throw reader.Refuse("a kind of round from 0 to 2", $"{kind}");
    }
}
