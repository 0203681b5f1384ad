using System.Runtime.InteropServices;
using U2CMigration.Prediction.DataShift;
using U2CMigration.Prediction.Histories;
using U2CMigration.Prediction.Predictors;

namespace U2CMigration.Prediction.Evaluation;

/// <summary>Which pages were known, and which of them unstable, at each of the last samples: the same for every predictor.</summary>
internal sealed class UnstableSelections
{
    private readonly PagePrediction _pages = new();
    private readonly DataShiftPredictor _published = new(DataShiftOptions.Published);
    private readonly List<ulong>[] _known = [.. Enumerable.Range(0, PagePrediction.Horizons).Select(static _ => new List<ulong>())];
    private readonly List<ulong>[] _unstable = [.. Enumerable.Range(0, PagePrediction.Horizons).Select(static _ => new List<ulong>())];

    /// <summary>Keeps those of the newest sample.</summary>
    public void Take(PageHistories histories)
    {
        int slot = (int)((histories.SampleCount - 1) % PagePrediction.Horizons);
        _known[slot].Clear();
        _unstable[slot].Clear();
        _pages.PrepareAll(histories);
        Span<ulong> stable = stackalloc ulong[PageHistories.ChunkWords];
        for (int block = 0; block < _pages.Blocks.Count; block++)
        {
            _published.FindStable(histories, _pages.Blocks[block].Chunk, stable);
            for (int word = 0; word < stable.Length; word++)
            {
                ulong known = _pages.Candidates(block)[word];
                _known[slot].Add(known);
                _unstable[slot].Add(known & ~stable[word]);
            }
        }
    }

    /// <summary>The pages of a kind at one of the last samples.</summary>
    public ReadOnlySpan<ulong> Of(long sample, PageKind kind) =>
        CollectionsMarshal.AsSpan((kind == PageKind.All ? _known : _unstable)[sample % PagePrediction.Horizons]);
}
