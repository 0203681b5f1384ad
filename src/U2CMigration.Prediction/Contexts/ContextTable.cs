using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using U2CMigration.Prediction.Predictors;

namespace U2CMigration.Prediction.Contexts;

/// <summary>
/// For each group of pages the share that was written one, two and three samples later, counted from outcomes that fade with the samples in which the group was seen.
/// </summary>
/// <remarks>
/// They do not fade from page to page: what thousands of pages do in one sample is hardly more than one observation of the program. Nor do they fade while the group
/// is not seen: a phase of the program that comes back is known again. Between two calls of <see cref="Learn"/> several threads may read it.
/// </remarks>
internal sealed class ContextTable
{
    /// <summary>How many log odds lie side by side for a group: one for each horizon, and one that is 0, so that they are a vector.</summary>
    public const int Lanes = 4;

    private const float Fading = 0.9f;
    private const float PriorShare = 0.1f;
    private const float PriorWeight = 0.4f;
    private const float HalfConfident = 4;

    private readonly Entry[] _entries;

    // Kept until the next outcome, apart from the counts: most pages share few groups, logarithms are what a prediction would spend its time with, and a prediction
    // reads nothing else. Not a number where they are not known yet; whoever needs them first computes them, and all would compute the same.
    private readonly float[] _odds;
    private int _sample;

    public ContextTable(int groups)
    {
        _entries = new Entry[groups * PagePrediction.Horizons];
        _odds = new float[groups * Lanes];
        for (int i = 0; i < _odds.Length; i++)
        {
            _odds[i] = i % Lanes < PagePrediction.Horizons ? float.NaN : 0;
        }
    }

    /// <summary>The log odds of a group for one horizon, drawn towards even where it has seen little.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float LogOdds(int group, int horizon)
    {
        float odds = _odds[(group * Lanes) + horizon];
        return float.IsNaN(odds) ? Compute(group, horizon) : odds;
    }

    /// <summary>The log odds of a group for all horizons.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector128<float> LogOdds(int group)
    {
        Vector128<float> odds = Vector128.Create(_odds, group * Lanes);
        return Vector128.EqualsAll(odds, odds) ? odds : Compute(group);
    }

    /// <summary>Counts an outcome.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Learn(int group, int horizon, bool written)
    {
        ref Entry entry = ref _entries[(group * PagePrediction.Horizons) + horizon];
        if (entry.Sample != _sample)
        {
            entry.Sample = _sample;
            entry.Seen *= Fading;
            entry.Written *= Fading;
        }

        entry.Seen++;
        entry.Written += written ? 1 : 0;
        _odds[(group * Lanes) + horizon] = float.NaN;
    }

    /// <summary>Starts the next sample.</summary>
    public void Next() => _sample++;

    private Vector128<float> Compute(int group) => Vector128.Create(LogOdds(group, 0), LogOdds(group, 1), LogOdds(group, 2), 0);

    private float Compute(int group, int horizon)
    {
        Entry entry = _entries[(group * PagePrediction.Horizons) + horizon];
        float probability = (entry.Written + (PriorShare * PriorWeight)) / (entry.Seen + PriorWeight);
        float odds = Logit.Of(probability) * (entry.Seen / (entry.Seen + HalfConfident));
        _odds[(group * Lanes) + horizon] = odds;
        return odds;
    }

    private struct Entry
    {
        public float Seen;
        public float Written;
        public int Sample;
    }
}
