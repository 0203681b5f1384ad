using U2CMigration.Prediction.DataShift;
using U2CMigration.Prediction.Histories;
using U2CMigration.Prediction.Predictors;

namespace U2CMigration.Prediction.TwoPhase;

/// <summary>The two phases as published: the data-shift rule answers yes or no for stable pages, one model predicts the others. Nothing is blended or calibrated.</summary>
public sealed class PublishedPredictor : IPagePredictor
{
    private readonly DataShiftPredictor _rule = new(DataShiftOptions.Published);
    private readonly IPagePredictor _second;
    private readonly PagePrediction _unstable = new();
    private readonly List<int> _blocks = [];

    /// <summary>Creates the predictor.</summary>
    /// <param name="second">Predicts the pages that are not stable; owned from now on.</param>
    public PublishedPredictor(IPagePredictor second)
    {
        ArgumentNullException.ThrowIfNull(second);
        _second = second;
    }

    /// <inheritdoc/>
    public string Name => "published";

    /// <inheritdoc/>
    public void Learn(PageHistories histories) => _second.Learn(histories);

    /// <inheritdoc/>
    public void Predict(PageHistories histories, PagePrediction prediction)
    {
        ArgumentNullException.ThrowIfNull(histories);
        ArgumentNullException.ThrowIfNull(prediction);
        _unstable.Clear();
        _blocks.Clear();
        for (int block = 0; block < prediction.Blocks.Count; block++)
        {
            Shift(histories, prediction, block);
        }

        prediction.Thresholds.Fill(0.5f);
        _second.Predict(histories, _unstable);
        for (int i = 0; i < _blocks.Count; i++)
        {
            for (int horizon = 0; horizon < PagePrediction.Horizons; horizon++)
            {
                BitSelect.Copy(_unstable.Candidates(i), _unstable.Probabilities(i, horizon), prediction.Probabilities(_blocks[i], horizon));
            }
        }
    }

    /// <summary>Answers for the stable pages of a block, the same for the whole horizon, and notes the others.</summary>
    private void Shift(PageHistories histories, PagePrediction prediction, int block)
    {
        int chunk = prediction.Blocks[block].Chunk;
        Span<ulong> pages = stackalloc ulong[PageHistories.ChunkWords];
        _rule.FindDirty(histories, chunk, pages);
        for (int horizon = 0; horizon < PagePrediction.Horizons; horizon++)
        {
            BitSelect.Fill(pages, 0, 1, prediction.Probabilities(block, horizon));
        }

        _rule.FindStable(histories, chunk, pages);
        ulong any = 0;
        for (int i = 0; i < pages.Length; i++)
        {
            pages[i] = prediction.Candidates(block)[i] & ~pages[i];
            any |= pages[i];
        }

        if (any != 0)
        {
            _unstable.Add(prediction.Blocks[block], pages);
            _blocks.Add(block);
        }
    }
}
