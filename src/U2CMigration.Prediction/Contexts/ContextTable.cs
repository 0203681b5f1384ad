using System.Runtime.CompilerServices;
using U2CMigration.Prediction.Predictors;

namespace U2CMigration.Prediction.Contexts;

/// <summary>For each group of pages the share that was written, counted from outcomes that fade with the samples in which the group was seen.</summary>
/// <remarks>
/// They do not fade from page to page: what thousands of pages do in one sample is hardly more than one observation of the program. Nor do they fade while the group
/// is not seen: a phase of the program that comes back is known again.
/// </remarks>
internal sealed class ContextTable
{
    private const float Fading = 0.9f;
    private const float PriorShare = 0.1f;
    private const float PriorWeight = 0.4f;
    private const float HalfConfident = 4;

    private readonly Entry[] _entries;
    private int _sample;

    public ContextTable(int groups) => _entries = new Entry[groups];

    /// <summary>The log odds of a group, drawn towards even where it has seen little.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float LogOdds(int group)
    {
        ref Entry entry = ref _entries[group];
        if (!entry.IsCurrent)
        {
            // Kept until the next outcome: most pages share few groups, and logarithms are what a prediction would spend its time with.
            float probability = (entry.Written + (PriorShare * PriorWeight)) / (entry.Seen + PriorWeight);
            entry.LogOdds = Logit.Of(probability) * (entry.Seen / (entry.Seen + HalfConfident));
            entry.IsCurrent = true;
        }

        return entry.LogOdds;
    }

    /// <summary>Counts an outcome.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Learn(int group, bool written)
    {
        ref Entry entry = ref _entries[group];
        if (entry.Sample != _sample)
        {
            entry.Sample = _sample;
            entry.Seen *= Fading;
            entry.Written *= Fading;
        }

        entry.IsCurrent = false;
        entry.Seen++;
        entry.Written += written ? 1 : 0;
    }

    /// <summary>Starts the next sample.</summary>
    public void Next() => _sample++;

    private struct Entry
    {
        public float Seen;
        public float Written;
        public float LogOdds;
        public int Sample;
        public bool IsCurrent;
    }
}
