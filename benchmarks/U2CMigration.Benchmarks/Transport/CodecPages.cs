using U2CMigration.Transport.Pages;

namespace U2CMigration.Benchmarks.Transport;

/// <summary>Two versions of 256 pages that travel in one way when each is sent after the other. For references they are sent elsewhere before.</summary>
internal static class CodecPages
{
    private const int ChangedBytes = 500;

    public static (byte[] First, byte[] Second) Create(PageKind kind)
    {
        var random = new Random(1);
        byte[] first = new byte[PageBatch.MaxPages * PageBatch.PageBytes];
        byte[] second = new byte[first.Length];
        for (int at = 0; at < first.Length; at += PageBatch.PageBytes)
        {
            Fill(kind, first.AsSpan(at, PageBatch.PageBytes), second.AsSpan(at, PageBatch.PageBytes), random);
        }

        return (first, second);
    }

    private static void Fill(PageKind kind, Span<byte> first, Span<byte> second, Random random)
    {
        switch (kind)
        {
            case PageKind.Zero:
                break;
            case PageKind.Compressed:
                FillWithPointers(first, random);
                FillWithPointers(second, random);
                break;
            case PageKind.Unchanged:
                random.NextBytes(first);
                first.CopyTo(second);
                break;
            case PageKind.Delta:
                random.NextBytes(first);
                first.CopyTo(second);
                random.NextBytes(second.Slice(random.Next(PageBatch.PageBytes - ChangedBytes), ChangedBytes));
                break;
            default:
                random.NextBytes(first);
                random.NextBytes(second);
                break;
        }
    }

    /// <summary>Eight-byte values of which few bits differ, as heaps are full of.</summary>
    private static void FillWithPointers(Span<byte> page, Random random)
    {
        for (int at = 0; at < page.Length; at += sizeof(long))
        {
            BitConverter.TryWriteBytes(page[at..], 0x7f12_0000_0000 + ((long)random.Next(1 << 12) << 4));
        }
    }
}
