using U2CMigration.Transport.Frames;
using U2CMigration.Transport.Pages;

namespace U2CMigration.Transport.Messages;

/// <summary>Destination to source: pages that the images name and the store lacks. No runs at all means that nothing is missing.</summary>
/// <param name="Runs">The pages.</param>
/// <param name="IsLast">Whether the list ends here; a long one comes in several messages.</param>
public sealed record MissingPages(IReadOnlyList<PageRun> Runs, bool IsLast) : MigrationMessage
{
    /// <inheritdoc/>
    public override MessageType Type => MessageType.MissingPages;

    internal override void WritePayload(PayloadWriter writer)
    {
        writer.WriteByte(IsLast ? (byte)1 : (byte)0);
        writer.WriteRuns(Runs);
    }

    internal static MissingPages Read(ref PayloadReader reader)
    {
        byte last = reader.ReadByte();
        return last <= 1 ? new MissingPages(reader.ReadRuns(), last == 1) : throw reader.Refuse("0 or 1", $"{last}");
    }
}
