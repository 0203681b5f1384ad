using System.Runtime.Intrinsics;
using U2CMigration.Prediction.Histories;
using U2CMigration.Prediction.Predictors;

namespace U2CMigration.Prediction.DataShift;

/// <summary>Counts what pages did after a run of equal bits, and so knows how probable it is that they do it again.</summary>
/// <remarks>One entry for each class of lengths, repeated bit, stable or not, and horizon. Old outcomes fade, so that a workload that changes is followed.</remarks>
internal sealed class RunOutcomes
{
    /// <summary>The number of groups of pages that are told apart.</summary>
    public const int Groups = 4 * RunLengths.Classes;

    // An outcome counts half after about 34 samples.
    private const double Fading = 0.98;
    private const double PriorWeight = 2;

    private readonly double[] _seen = new double[Groups * PagePrediction.Horizons];
    private readonly double[] _written = new double[Groups * PagePrediction.Horizons];

    /// <summary>The group of a page.</summary>
    public static int GroupOf(int runClass, bool repeatsOnes, bool stable) => (runClass * 4) + (repeatsOnes ? 2 : 0) + (stable ? 1 : 0);

    public void Fade()
    {
        for (int i = 0; i < _seen.Length; i++)
        {
            _seen[i] *= Fading;
            _written[i] *= Fading;
        }
    }

    /// <summary>Counts the newest sample of a chunk as the outcome of what was known one, two and three samples before.</summary>
    public void Learn(PageHistories histories, int chunk, DataShiftRule rule)
    {
        Span<Vector512<ulong>> classes = stackalloc Vector512<ulong>[RunLengths.Classes];
        Vector512<ulong> known = Vector512.Create(histories.KnownPages(chunk));
        Vector512<ulong> outcome = DataShiftKernel.Row(histories, chunk, 0);
        int horizons = Math.Min(PagePrediction.Horizons, histories.SamplesOf(chunk) - 1);
        for (int horizon = 0; horizon < horizons; horizon++)
        {
            RunLengths.Classify(histories, chunk, horizon + 1, classes);
            Vector512<ulong> last = DataShiftKernel.Row(histories, chunk, horizon + 1);
            Vector512<ulong> stable = DataShiftKernel.Stable(histories, chunk, horizon + 1, rule);
            for (int i = 0; i < classes.Length; i++)
            {
                Vector512<ulong> pages = classes[i] & known;
                if (pages != Vector512<ulong>.Zero)
                {
                    Count(GroupOf(i, false, false), horizon, pages & ~last & ~stable, outcome);
                    Count(GroupOf(i, false, true), horizon, pages & ~last & stable, outcome);
                    Count(GroupOf(i, true, false), horizon, pages & last & ~stable, outcome);
                    Count(GroupOf(i, true, true), horizon, pages & last & stable, outcome);
                }
            }
        }
    }

    /// <summary>The probability that a page of a group is written.</summary>
    public float Probability(int group, int horizon)
    {
        int entry = (group * PagePrediction.Horizons) + horizon;
        return (float)((_written[entry] + (Prior(group) * PriorWeight)) / (_seen[entry] + PriorWeight));
    }

    // As if the run were as likely to end as it would be if it had been seen to end once.
    private static double Prior(int group)
    {
        double ends = 1.0 / ((group / 4) + 2);
        return (group & 2) != 0 ? 1 - ends : ends;
    }

    private void Count(int group, int horizon, Vector512<ulong> pages, Vector512<ulong> outcome)
    {
        int entry = (group * PagePrediction.Horizons) + horizon;
        _seen[entry] += BitVector.Count(pages);
        _written[entry] += BitVector.Count(pages & outcome);
    }
}
