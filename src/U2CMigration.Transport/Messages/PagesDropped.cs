using U2CMigration.Transport.Frames;
using U2CMigration.Transport.Pages;

namespace U2CMigration.Transport.Messages;

/// <summary>Source to destination: pages sent before do not exist any more (unmapped, moved or discarded); the store forgets them.</summary>
/// <param name="Runs">The pages; each run at least one page.</param>
public sealed record PagesDropped(IReadOnlyList<PageRun> Runs) : MigrationMessage
{
    /// <inheritdoc/>
    public override MessageType Type => MessageType.PagesDropped;

    /// <summary>The messages that say that pages do not exist any more.</summary>
    /// <param name="runs">The pages; a run may be as long as an address space.</param>
    /// <returns>The messages in order; none when there are no runs.</returns>
    public static IEnumerable<PagesDropped> Of(IEnumerable<PageRun> runs)
    {
        ArgumentNullException.ThrowIfNull(runs);
        return PageRunLists.Cut(runs).Select(static part => new PagesDropped(part));
    }

    internal override void WritePayload(PayloadWriter writer)
    {
        writer.WriteRuns(Runs);
    }

    internal static PagesDropped Read(ref PayloadReader reader) => new(reader.ReadRuns());
}
