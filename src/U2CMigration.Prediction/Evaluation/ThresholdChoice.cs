namespace U2CMigration.Prediction.Evaluation;

/// <summary>The threshold that a predictor is judged with: by that of three rules which has served it best so far, so that none is held back by a badly chosen one.</summary>
/// <remarks>
/// The rules: what was best for F1 lately; what was best in all samples; half of the F1 that this rule has reached, which is the best there is for probabilities that are
/// right (Lipton, Elkan and Narayanaswamy 2014). None knows the sample that is judged.
/// </remarks>
internal sealed class ThresholdChoice
{
    private const int Rules = 3;
    private const double RecentFading = 0.9;

    private readonly ScoreHistogram _recent = new();
    private readonly ScoreHistogram _all = new();
    private readonly Confusion[] _confusions = new Confusion[Rules];
    private readonly float[] _thresholds = new float[Rules];
    private readonly long[] _hits = new long[Rules];
    private readonly long[] _alarms = new long[Rules];
    private long _written;

    /// <summary>Chooses for the next sample.</summary>
    public float Choose()
    {
        _thresholds[0] = _recent.BestThreshold();
        _thresholds[1] = _all.BestThreshold();
        _thresholds[2] = (float)(_confusions[2].F1 / 2);
        int best = 0;
        for (int rule = 1; rule < Rules; rule++)
        {
            best = _confusions[rule].F1 > _confusions[best].F1 ? rule : best;
        }

        return _thresholds[best];
    }

    /// <summary>Takes in what happened to a page of that sample.</summary>
    public void Observe(float probability, bool written)
    {
        _recent.Add(probability, written);
        _all.Add(probability, written);
        _written += written ? 1 : 0;
        for (int rule = 0; rule < Rules; rule++)
        {
            if (probability >= _thresholds[rule])
            {
                _hits[rule] += written ? 1 : 0;
                _alarms[rule] += written ? 0 : 1;
            }
        }
    }

    /// <summary>Judges the rules by that sample.</summary>
    public void Next()
    {
        for (int rule = 0; rule < Rules; rule++)
        {
            _confusions[rule] += new Confusion(_hits[rule], _alarms[rule], _written - _hits[rule]);
            (_hits[rule], _alarms[rule]) = (0, 0);
        }

        _written = 0;
        _recent.Fade(RecentFading);
    }
}
