using System.Runtime.CompilerServices;

namespace U2CMigration.Prediction.Contexts;

/// <summary>For each group of pages the log odds of being written, counted from outcomes.</summary>
internal sealed class ContextTable
{
    // A group that has seen this much follows changes with this inertia.
    private const float MaximumWeight = 400;
    private const float PriorWeight = 1;

    private readonly Entry[] _entries;

    public ContextTable(int groups)
    {
        _entries = new Entry[groups];
        Array.Fill(_entries, new Entry(0.1f, 0));
    }

    /// <summary>The probability of a group.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Probability(int group) => _entries[group].Probability;

    /// <summary>How much the group has seen, from 0 to 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Confidence(int group) => _entries[group].Weight / (_entries[group].Weight + 4);

    /// <summary>Counts an outcome.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Learn(int group, bool written)
    {
        ref Entry entry = ref _entries[group];
        entry.Probability += ((written ? 1 : 0) - entry.Probability) / (entry.Weight + PriorWeight + 1);
        entry.Weight = Math.Min(entry.Weight + 1, MaximumWeight);
    }

    private record struct Entry(float Probability, float Weight);
}
