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

    /// <summary>The messages that ask for pages.</summary>
    /// <param name="runs">The pages.</param>
    /// <returns>The messages in order; the last one says so, also when there are no runs.</returns>
    public static IReadOnlyList<MissingPages> Of(IEnumerable<PageRun> runs)
    {
        ArgumentNullException.ThrowIfNull(runs);
        List<MissingPages> messages = [.. PageRunLists.Cut(runs).Select(static part => new MissingPages(part, IsLast: false))];
        if (messages.Count == 0)
        {
            return [new MissingPages([], IsLast: true)];
        }

        messages[^1] = messages[^1] with { IsLast = true };
        return messages;
    }

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
