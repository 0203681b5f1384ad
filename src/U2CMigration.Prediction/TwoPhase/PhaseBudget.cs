namespace U2CMigration.Prediction.TwoPhase;

/// <summary>Decides, sample by sample, whether the second phase is affordable: it may take a share of the time, which it takes from the workload.</summary>
/// <remarks>
/// What it costs is measured, because it depends on the processor, on how many pages are unstable and on what else runs. What it took beyond its share is a debt; while there
/// is one it is not used, so that one dear sample is paid off by several without. Nor is it used where by the last price learning alone would take more than the share; that
/// price is believed less and less, as it can have been an accident. Learning asks about few pages, which gives the price of the others: a prediction that would take half of
/// the time between two samples is left out, because the link would wait for it.
/// </remarks>
/// <param name="clock">Measures; a clock that stands still makes everything affordable.</param>
internal sealed class PhaseBudget(TimeProvider clock)
{
    /// <summary>The share of the time: 15 %.</summary>
    private const double Share = 0.15;

    /// <summary>The share of the time between two samples that a prediction may be expected to take: half.</summary>
    private const double MostForPrediction = 0.5;

    /// <summary>What is left of the belief in a price after a sample without the second phase.</summary>
    private const double Belief = 0.98;

    private long _sampled = -1;
    private long _began;
    private double _interval;
    private double _debt;
    private double _learningCost;
    private double _costPerPage;

    /// <summary>Whether the second phase is used for the present sample.</summary>
    public bool IsAffordable { get; private set; } = true;

    /// <summary>How many samples went without the second phase.</summary>
    public long SkippedSamples { get; private set; }

    /// <summary>Starts the next sample.</summary>
    public void NextSample()
    {
        long now = clock.GetTimestamp();
        if (_sampled >= 0)
        {
            _interval = clock.GetElapsedTime(_sampled, now).TotalSeconds;
            _debt = Math.Max(0, _debt - (Share * _interval));
            IsAffordable = _debt <= 0 && _learningCost <= Share * _interval;
            _learningCost *= IsAffordable ? 1 : Belief;
        }

        _sampled = now;
        SkippedSamples += IsAffordable ? 0 : 1;
    }

    /// <summary>Whether the second phase can be asked about so many pages.</summary>
    public bool Affords(long pages) => IsAffordable && pages * _costPerPage <= MostForPrediction * _interval;

    /// <summary>Begins to count time as spent by the second phase.</summary>
    public void Begin() => _began = clock.GetTimestamp();

    /// <summary>Ends what <see cref="Begin"/> began: the learning of a sample.</summary>
    /// <param name="pages">How many pages it was asked about.</param>
    public void EndLearning(long pages)
    {
        _learningCost = Spend();
        _costPerPage = pages > 0 ? _learningCost / pages : _costPerPage;
    }

    /// <summary>Ends what <see cref="Begin"/> began: a prediction.</summary>
    public void EndPrediction() => Spend();

    private double Spend()
    {
        double took = clock.GetElapsedTime(_began).TotalSeconds;
        _debt += took;
        return took;
    }
}
