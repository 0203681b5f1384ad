using U2CMigration.Transport.Pages;

namespace U2CMigration.Benchmarks.Transport;

/// <summary>Pages with a fixed seed.</summary>
internal static class SamplePages
{
    public static byte[] Create(PageContent content, int pages = PageBatch.MaxPages)
    {
        byte[] bytes = new byte[pages * PageBatch.PageBytes];
        var random = new Random(1);
        for (int i = 0; i < pages; i++)
        {
            if (content == PageContent.Random || (content == PageContent.HalfZero && i % 2 == 0))
            {
                random.NextBytes(bytes.AsSpan(i * PageBatch.PageBytes, PageBatch.PageBytes));
            }
        }

        return bytes;
    }
}
