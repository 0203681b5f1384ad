using U2CMigration.Transport.Codec;
using U2CMigration.Transport.Pages;

namespace U2CMigration.Fuzzing.Targets.Samples;

/// <summary>Batches of pages, a connection each: raw ones, and coded ones with each kind of page.</summary>
internal static class Batches
{
    public static IEnumerable<byte[][]> All { get; } =
    [
        [Frame(new PageBatch(), null, 0, static page => page[17] = 1)],
        [Frame(new PageBatch(), null, 0, static _ => { })],
        Coded(static page => page[17] = 1, static page => (page[17], page[99]) = (1, 2)),
        Coded(static page => new Random(1).NextBytes(page), static page => new Random(1).NextBytes(page)),
        Coded(static page => page.Fill(7), static page => page.Clear()),
    ];

    private static byte[][] Coded(Fill first, Fill second)
    {
        var codec = new PageCodec(new PageCodecOptions());
        return [Frame(new PageBatch(), codec, 0, first), Frame(new PageBatch(), codec, 1, second)];
    }

    private delegate void Fill(Span<byte> page);

    private static byte[] Frame(PageBatch batch, PageCodec? codec, ulong sequence, Fill fill)
    {
        // Two of the same content, and one of zeros between them.
        Span<byte> pages = batch.Add(10009, 0x5555_0000, 3);
        pages.Clear();
        fill(pages[..PageBatch.PageBytes]);
        fill(pages[(2 * PageBatch.PageBytes)..]);
        batch.Seal(codec);
        return batch.Frame(sequence).ToArray();
    }
}
