using U2CMigration.Transport.Pages;

namespace U2CMigration.Transport.Tests.Infrastructure;

internal static class Batches
{
    /// <summary>A sealed batch of one run of random pages at 0x10000 of process 1.</summary>
    public static PageBatch Random(int seed, int pages)
    {
        var batch = new PageBatch();
        Fill(batch, seed, pages);
        batch.Seal();
        return batch;
    }

    public static void Fill(PageBatch batch, int seed, int pages)
    {
        batch.Clear();
        new Random(seed).NextBytes(batch.Add(1, 0x10000, pages));
    }
}
