using System.Runtime.Intrinsics;
using U2CMigration.Prediction.Histories;

namespace U2CMigration.Prediction.DataShift;

/// <summary>Picks the stability test for the container at hand while it watches: no user has to.</summary>
/// <remarks>
/// Every combination of k and p is tried on what happened. Calling a page stable wrongly costs a mistake, calling it unstable costs the work of the second
/// phase, weighed as a fiftieth of a mistake. The cheapest combination wins; it changes only for a gain of a tenth. Whatever is picked, pages that are unstable
/// for the prototype stay so.
/// </remarks>
internal sealed class DataShiftTuner
{
    private const double UnstableCost = 0.02;
    private const double Fading = 0.97;
    private const double NeededGain = 0.9;
    private const int LearnSamples = 8;

    private static readonly int[] Lengths = [3, 4, 5, 6, 8, 10, 16, 24, 32];
    private static readonly double[] Variations = [0.2, 0.5];

    private readonly DataShiftRule[] _rules;
    private readonly double[] _costs;
    private int _learned;
    private int _best;

    public DataShiftTuner()
    {
        _rules = [.. Lengths.SelectMany(static k => Variations.Select(p => new DataShiftRule(k, DataShiftRule.OnesNeeded(k, p), 1, DataShiftOptions.Published.StabilitySamples)))];
        _costs = new double[_rules.Length];
        _best = Array.FindIndex(_rules, static rule => rule.Samples == DataShiftOptions.Published.StabilitySamples);
    }

    /// <summary>The best combination so far; that of the prototype in the beginning.</summary>
    public DataShiftRule Rule => _rules[_best];

    /// <summary>Judges the combinations by the newest sample of a chunk.</summary>
    public void Learn(PageHistories histories, int chunk)
    {
        if (histories.SamplesOf(chunk) < 2)
        {
            return;
        }

        Vector512<ulong> known = Vector512.Create(histories.KnownPages(chunk));
        Vector512<ulong> wrong = known & (DataShiftKernel.Row(histories, chunk, 0) ^ DataShiftKernel.Row(histories, chunk, 1));
        Vector512<ulong> equal = DataShiftKernel.AllEqual(histories, chunk, 1, _rules[0].MinimumEqual);
        BitCounter ones = default;
        int counted = 0;
        for (int i = 0; i < _rules.Length; i++)
        {
            for (; counted < _rules[i].Samples; counted++)
            {
                ones.Add(DataShiftKernel.Row(histories, chunk, counted + 1));
            }

            Vector512<ulong> stable = (ones.IsZero() | ones.IsAtLeast(_rules[i].MinimumOnes)) & equal;
            _costs[i] += BitVector.Count(stable & wrong) + (UnstableCost * BitVector.Count(known & ~stable));
        }
    }

    /// <summary>Decides, when all chunks of a sample were learned.</summary>
    public void Decide()
    {
        if (++_learned >= LearnSamples)
        {
            int cheapest = 0;
            for (int i = 1; i < _costs.Length; i++)
            {
                cheapest = _costs[i] < _costs[cheapest] ? i : cheapest;
            }

            if (_costs[cheapest] < _costs[_best] * NeededGain)
            {
                _best = cheapest;
            }
        }

        for (int i = 0; i < _costs.Length; i++)
        {
            _costs[i] *= Fading;
        }
    }
}
