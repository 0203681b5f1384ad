using U2CMigration.Transport.Frames;

namespace U2CMigration.Transport.Messages;

/// <summary>Destination to source: everything up to the end of a round is in the store.</summary>
/// <param name="Round">The round.</param>
/// <param name="ReceivedBytes">The bytes of all page frames since the connection was opened.</param>
/// <param name="StoreBytes">The memory that the store takes now.</param>
public sealed record RoundAck(int Round, long ReceivedBytes, long StoreBytes) : MigrationMessage
{
    /// <inheritdoc/>
    public override MessageType Type => MessageType.RoundAck;

    internal override void WritePayload(PayloadWriter writer)
    {
        writer.WriteRound(Round);
        writer.WriteAmount(ReceivedBytes);
        writer.WriteAmount(StoreBytes);
    }

    internal static RoundAck Read(ref PayloadReader reader) => new(reader.ReadRound(), reader.ReadAmount("number of bytes"), reader.ReadAmount("number of bytes"));
}
