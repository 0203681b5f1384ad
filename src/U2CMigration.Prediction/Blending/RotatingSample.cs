using System.Numerics;
using U2CMigration.Prediction.Histories;
using U2CMigration.Prediction.Predictors;

namespace U2CMigration.Prediction.Blending;

/// <summary>Chooses some pages at each sample, from other chunks than the time before.</summary>
internal sealed class RotatingSample
{
    private const int ChunksLooked = 1024;

    private readonly int _pages;
    private readonly int _chunks;
    private int _chunk = 1;

    /// <param name="pages">About how many pages at most.</param>
    /// <param name="chunks">From how many chunks at most.</param>
    public RotatingSample(int pages, int chunks)
    {
        _pages = pages;
        _chunks = chunks;
    }

    /// <summary>Makes pages that are selected the candidates of a prediction.</summary>
    public void Choose(PageHistories histories, PageSelection selection, PagePrediction prediction)
    {
        Span<ulong> pages = stackalloc ulong[PageHistories.ChunkWords];
        prediction.Clear();
        int chosen = 0;
        for (int i = Math.Min(ChunksLooked, histories.ChunkCount - 1); i > 0 && chosen < _pages && prediction.Blocks.Count < _chunks; i--)
        {
            _chunk = _chunk + 1 < histories.ChunkCount ? _chunk + 1 : 1;
            selection(histories, _chunk, 0, pages);
            int count = 0;
            for (int word = 0; word < pages.Length; word++)
            {
                pages[word] &= histories.KnownPages(_chunk)[word];
                count += BitOperations.PopCount(pages[word]);
            }

            if (count > 0)
            {
                prediction.Add(new PredictionBlock(histories.ProcessOf(_chunk), histories.StartOf(_chunk), _chunk), pages);
                chosen += count;
            }
        }
    }
}
