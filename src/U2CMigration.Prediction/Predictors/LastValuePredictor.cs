using U2CMigration.PageTracking.Pages;

namespace U2CMigration.Prediction.Predictors;

/// <summary>Predicts that each page does again what it did in the last sample: the baseline that any learned predictor has to beat.</summary>
public sealed class LastValuePredictor : IPagePredictor
{
    private readonly PageSet _last = new();

    /// <inheritdoc/>
    public string Name => "last-value";

    /// <inheritdoc/>
    public void Observe(PageSet dirty)
    {
        ArgumentNullException.ThrowIfNull(dirty);
        _last.Clear();
        foreach (ProcessPages process in dirty.Processes)
        {
            foreach (PageRange range in process.Ranges)
            {
                _last.Add(process.ProcessId, range.Start, range.End);
            }
        }
    }

    /// <inheritdoc/>
    public void Predict(PageSet candidates, PageSet predictedDirty)
    {
        ArgumentNullException.ThrowIfNull(candidates);
        candidates.IntersectTo(_last, predictedDirty);
    }
}
