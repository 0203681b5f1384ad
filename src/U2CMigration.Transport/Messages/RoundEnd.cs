using U2CMigration.Transport.Frames;

namespace U2CMigration.Transport.Messages;

/// <summary>Source to destination: the pages of a round were sent.</summary>
/// <param name="Round">The round, from 0.</param>
/// <param name="Pages">The pages sent in it.</param>
/// <param name="Bytes">Their bytes on the wire.</param>
public sealed record RoundEnd(int Round, long Pages, long Bytes) : MigrationMessage
{
    /// <inheritdoc/>
    public override MessageType Type => MessageType.RoundEnd;

    internal override void WritePayload(PayloadWriter writer)
    {
        writer.WriteRound(Round);
        writer.WriteAmount(Pages);
        writer.WriteAmount(Bytes);
    }

    internal static RoundEnd Read(ref PayloadReader reader) => new(reader.ReadRound(), reader.ReadAmount("number of pages"), reader.ReadAmount("number of bytes"));
}
