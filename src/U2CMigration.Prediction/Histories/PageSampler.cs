namespace U2CMigration.Prediction.Histories;

/// <summary>Shows the histories of some pages, other chunks at every sample, so that learning costs the same whatever the size of memory.</summary>
internal sealed class PageSampler
{
    private const int ChunksLooked = 512;

    private readonly int _limit;
    private int _chunk = 1;

    /// <summary>Shows at most about so many pages at each call.</summary>
    public PageSampler(int limit) => _limit = limit;

    /// <summary>What is done with the history of a page: bit 0 of the word is the newest sample.</summary>
    public delegate void Visitor(ulong word, int samples);

    /// <summary>Visits pages that were written at least once in the samples kept.</summary>
    public void Visit(PageHistories histories, Visitor visit)
    {
        Span<ulong> words = stackalloc ulong[64];
        int visited = 0;
        for (int i = Math.Min(ChunksLooked, histories.ChunkCount - 1); i > 0 && visited < _limit; i--)
        {
            _chunk = _chunk + 1 < histories.ChunkCount ? _chunk + 1 : 1;
            int samples = histories.SamplesOf(_chunk);
            for (int group = 0; group < PageHistories.ChunkWords; group++)
            {
                histories.DirtyWords(_chunk, group, words);
                foreach (ulong word in words)
                {
                    if (word != 0)
                    {
                        visit(word, samples);
                        visited++;
                    }
                }
            }
        }
    }
}
