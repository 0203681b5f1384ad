using System.Buffers;
using System.Collections.Immutable;

namespace U2CMigration.Criu.Images;

/// <summary>Turns images whose pages are served later into images that hold all of them, and the other way round.</summary>
/// <remarks>One process is rewritten after the other; the images are whole after each, also when a later one fails.</remarks>
public static class PagemapRewriter
{
    /// <summary>Pages are moved in pieces of this size, small enough for a buffer that stays in the cache and out of the large object heap.</summary>
    private const int PieceBytes = 1 << 16;

    /// <summary>Writes every page that is not in a file into the pages files, so that a plain restore works: no lazy pages, no parent images.</summary>
    /// <param name="directory">The images.</param>
    /// <param name="content">Gives the pages that are not in a file.</param>
    /// <param name="cancellationToken">Ends the work between two pieces.</param>
    /// <exception cref="CriuException">A file is damaged.</exception>
    public static void MakePresent(ImageDirectory directory, PageContent content, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(directory);
        ArgumentNullException.ThrowIfNull(content);
        Rewrite(
            directory,
            static entry => entry with { Places = PagePlaces.Present },
            content,
            dropped: null,
            cancellationToken);
    }

    /// <summary>Takes every page that may be lazy out of the pages files; a restore then needs a lazy pages daemon.</summary>
    /// <param name="directory">The images.</param>
    /// <param name="dropped">Gets the pages that are taken out; null to lose them.</param>
    /// <param name="cancellationToken">Ends the work between two pieces.</param>
    /// <exception cref="CriuException">A file is damaged.</exception>
    public static void MakeLazy(ImageDirectory directory, PageOutlet? dropped = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(directory);
        Rewrite(
            directory,
            static entry => entry.IsPresent && (entry.Places & PagePlaces.Lazy) != 0 ? entry with { Places = PagePlaces.Lazy } : entry,
            static (_, _, _) => throw new InvalidOperationException("No page becomes present here."),
            dropped,
            cancellationToken);
    }

    /// <summary>Writes the pages that have no place (<see cref="PagePlaces.None"/>) into the pages files. Lazy ones stay lazy.</summary>
    /// <param name="directory">The images.</param>
    /// <param name="content">Gives these pages.</param>
    /// <param name="cancellationToken">Ends the work between two pieces.</param>
    /// <exception cref="CriuException">A file is damaged.</exception>
    public static void PlaceMissing(ImageDirectory directory, PageContent content, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(directory);
        ArgumentNullException.ThrowIfNull(content);
        Rewrite(
            directory,
            static entry => entry.Places == PagePlaces.None ? entry with { Places = PagePlaces.Present } : entry,
            content,
            dropped: null,
            cancellationToken);
    }

    private static void Rewrite(
        ImageDirectory directory,
        Func<PagemapEntry, PagemapEntry> change,
        PageContent content,
        PageOutlet? dropped,
        CancellationToken cancellationToken)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(PieceBytes);
        try
        {
            foreach (int processId in directory.ProcessesWithPagemap())
            {
                Pagemap before = directory.ReadPagemap(processId)!;
                ImmutableArray<PagemapEntry> after = [.. before.Entries.Select(change)];
                if (!after.SequenceEqual(before.Entries))
                {
                    new TaskPagesRewrite(directory, processId, before, after, content, dropped, buffer.AsMemory(0, PieceBytes)).Run(cancellationToken);
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
