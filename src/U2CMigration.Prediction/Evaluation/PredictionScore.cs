namespace U2CMigration.Prediction.Evaluation;

/// <summary>How good the predictions of one predictor were, for one horizon and one kind of pages; those of several traces can be added.</summary>
public sealed class PredictionScore
{
    private double _pageF1Sum;

    /// <summary>Right and wrong, all pages and samples together, with the threshold that was best in the samples before.</summary>
    public Confusion Confusion { get; private set; }

    /// <summary>The same with the threshold that the predictor itself gave.</summary>
    public Confusion OwnConfusion { get; private set; }

    /// <summary>Outcomes by probability.</summary>
    public ScoreHistogram Histogram { get; } = new();

    /// <summary>Whether the probabilities are what they say.</summary>
    public Reliability Reliability { get; } = new();

    /// <summary>The number of predictions.</summary>
    public long Predictions { get; private set; }

    /// <summary>The number of pages that were written at least once while they were predicted.</summary>
    public long WrittenPages { get; private set; }

    /// <summary>F1 of each page for itself, averaged over <see cref="WrittenPages"/>; pages never written do not count. Not a number when there are none.</summary>
    public double PageF1 => WrittenPages > 0 ? _pageF1Sum / WrittenPages : double.NaN;

    /// <summary>Adds another score.</summary>
    /// <param name="other">Of the same predictor and horizon on other pages.</param>
    public void Add(PredictionScore other)
    {
        ArgumentNullException.ThrowIfNull(other);
        Confusion += other.Confusion;
        OwnConfusion += other.OwnConfusion;
        Histogram.Add(other.Histogram);
        Reliability.Add(other.Reliability);
        Predictions += other.Predictions;
        WrittenPages += other.WrittenPages;
        _pageF1Sum += other._pageF1Sum;
    }

    internal void Add(Confusion confusion, Confusion own, long predictions)
    {
        Confusion += confusion;
        OwnConfusion += own;
        Predictions += predictions;
    }

    internal void AddPages(PageScores pages)
    {
        (double sum, long count) = pages.Total();
        _pageF1Sum += sum;
        WrittenPages += count;
    }
}
