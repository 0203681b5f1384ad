using U2CMigration.Transport.Frames;
using U2CMigration.Transport.Pages;

namespace U2CMigration.Transport.Messages;

/// <summary>
/// Source to destination, when the tree is frozen and every page of its shared memory was looked at: the pages of the objects that hold anything but zeros. The destination must have each.
/// Needs <see cref="ProtocolFeatures.SharedObjects"/>.
/// </summary>
/// <param name="Runs">The pages, under the numbers of the objects.</param>
/// <param name="IsLast">Whether no other such message follows.</param>
public sealed record ObjectPages(IReadOnlyList<PageRun> Runs, bool IsLast) : MigrationMessage
{
    /// <inheritdoc/>
    public override MessageType Type => MessageType.ObjectPages;

    /// <summary>The messages for some pages; at least one.</summary>
    /// <param name="runs">The pages.</param>
    public static IEnumerable<ObjectPages> Of(IReadOnlyList<PageRun> runs)
    {
        ArgumentNullException.ThrowIfNull(runs);
        foreach (IReadOnlyList<PageRun> part in PageRunLists.Cut(runs))
        {
            yield return new ObjectPages(part, IsLast: false);
        }

        yield return new ObjectPages([], IsLast: true);
    }

    internal override void WritePayload(PayloadWriter writer)
    {
        writer.WriteByte(IsLast ? (byte)1 : (byte)0);
        writer.WriteRuns(Runs);
    }

    internal static ObjectPages Read(ref PayloadReader reader)
    {
        byte last = reader.ReadByte();
        return last <= 1 ? new ObjectPages(reader.ReadRuns(), last == 1) : throw reader.Refuse("0 or 1", $"{last}");
    }
}
