using U2CMigration.Transport.Frames;

namespace U2CMigration.Transport.Messages;

/// <summary>Source to destination: the process tree stands still; what follows is the rest.</summary>
/// <param name="PendingPages">The pages still to be sent, as far as known.</param>
/// <param name="PendingBytes">Their bytes before encoding.</param>
public sealed record Frozen(long PendingPages, long PendingBytes) : MigrationMessage
{
    /// <inheritdoc/>
    public override MessageType Type => MessageType.Frozen;

    internal override void WritePayload(PayloadWriter writer)
    {
        writer.WriteAmount(PendingPages);
        writer.WriteAmount(PendingBytes);
    }

    internal static Frozen Read(ref PayloadReader reader) => new(reader.ReadAmount("number of pages"), reader.ReadAmount("number of bytes"));
}
