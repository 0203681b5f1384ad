using System.Numerics;
using U2CMigration.Prediction.Histories;
using U2CMigration.Prediction.Predictors;

namespace U2CMigration.Prediction.Blending;

/// <summary>Chooses some pages at each sample, from as many chunks as possible: pages of the same chunk mostly do the same, and tell little more than one of them.</summary>
internal sealed class RotatingSample
{
    private const int ChunksLooked = 1024;
    private const int LeastOfChunk = 8;

    private readonly int _pages;
    private readonly int _chunks;
    private readonly List<int> _steps = [];
    private int _chunk = 1;
    private int _round;

    /// <param name="pages">About how many pages at most.</param>
    /// <param name="chunks">From how many chunks at most.</param>
    public RotatingSample(int pages, int chunks)
    {
        _pages = pages;
        _chunks = chunks;
    }

    /// <summary>For each block that was chosen last, of how many pages one was taken.</summary>
    public IReadOnlyList<int> Steps => _steps;

    /// <summary>Makes pages that are selected the candidates of a prediction.</summary>
    public void Choose(PageHistories histories, PageSelection selection, PagePrediction prediction)
    {
        Span<ulong> pages = stackalloc ulong[PageHistories.ChunkWords];
        prediction.Clear();
        _steps.Clear();
        int chosen = 0;
        int most = Math.Max(LeastOfChunk, _pages / Math.Clamp(histories.ChunkCount - 1, 1, _chunks));
        _round++;
        for (int i = Math.Min(ChunksLooked, histories.ChunkCount - 1); i > 0 && chosen < _pages && prediction.Blocks.Count < _chunks; i--)
        {
            _chunk = _chunk + 1 < histories.ChunkCount ? _chunk + 1 : 1;
            selection(histories, _chunk, 0, pages);
            int count = Count(pages, histories.KnownPages(_chunk));
            if (count > 0)
            {
                int step = (count + most - 1) / most;
                count = Thin(pages, step);
                _steps.Add(step);
                prediction.Add(new PredictionBlock(histories.ProcessOf(_chunk), histories.StartOf(_chunk), _chunk), pages);
                chosen += count;
            }
        }
    }

    private static int Count(Span<ulong> pages, ReadOnlySpan<ulong> known)
    {
        int count = 0;
        for (int word = 0; word < pages.Length; word++)
        {
            pages[word] &= known[word];
            count += BitOperations.PopCount(pages[word]);
        }

        return count;
    }

    // Keeps one of so many pages, in each round others.
    private int Thin(Span<ulong> pages, int step)
    {
        int kept = 0;
        int next = _round % step;
        foreach (ref ulong word in pages)
        {
            ulong thinned = 0;
            for (ulong bits = word; bits != 0; bits &= bits - 1, next--)
            {
                if (next == 0)
                {
                    thinned |= bits & (~bits + 1);
                    next = step;
                    kept++;
                }
            }

            word = thinned;
        }

        return kept;
    }
}
