using System.Runtime.Intrinsics;
using U2CMigration.Prediction.DataShift;
using U2CMigration.Prediction.Histories;

namespace U2CMigration.Prediction.Contexts;

/// <summary>Finds after how many samples a container does the same again: a solver's iteration, an epoch, a garbage collection.</summary>
/// <remarks>For each lag it counts how often a page was written both times, against what pages written independently at the same rates would show.</remarks>
internal sealed class PeriodFinder
{
    private const int Shortest = 2;
    private const int Longest = 30;
    private const double Fading = 0.9;

    // A lag must tell so much more than neighbours by chance.
    private const double NeededCorrelation = 0.1;

    private readonly double[] _both = new double[Longest + 1];
    private readonly double[] _then = new double[Longest + 1];
    private readonly double[] _now = new double[Longest + 1];
    private readonly double[] _pages = new double[Longest + 1];

    /// <summary>The period in samples; 0 when there is none.</summary>
    public int Period { get; private set; }

    /// <summary>Compares the newest sample of a chunk with those before.</summary>
    public void Learn(PageHistories histories, int chunk)
    {
        Vector512<ulong> newest = DataShiftKernel.Row(histories, chunk, 0);
        Vector512<ulong> active = newest;
        int samples = Math.Min(Longest, histories.SamplesOf(chunk) - 1);
        for (int lag = 1; lag <= samples; lag++)
        {
            active |= DataShiftKernel.Row(histories, chunk, lag);
        }

        int pages = BitVector.Count(active);
        int now = BitVector.Count(newest);
        for (int lag = 1; lag <= samples && pages > 0; lag++)
        {
            Vector512<ulong> then = DataShiftKernel.Row(histories, chunk, lag);
            _both[lag] += BitVector.Count(then & newest);
            _then[lag] += BitVector.Count(then);
            _now[lag] += now;
            _pages[lag] += pages;
        }
    }

    /// <summary>Decides, when the chunks of a sample were compared.</summary>
    public void Decide()
    {
        int best = 0;
        double correlation = Math.Max(NeededCorrelation, Correlation(1) + 0.02);
        for (int lag = Shortest; lag <= Longest; lag++)
        {
            // A multiple of a period is one too: the shorter wins unless the longer tells clearly more.
            if (Correlation(lag) > correlation * (best == 0 ? 1 : 1.05))
            {
                (best, correlation) = (lag, Correlation(lag));
            }
        }

        Period = best;
        for (int lag = 0; lag <= Longest; lag++)
        {
            _both[lag] *= Fading;
            _then[lag] *= Fading;
            _now[lag] *= Fading;
            _pages[lag] *= Fading;
        }
    }

    private double Correlation(int lag)
    {
        double pages = _pages[lag];
        if (pages < 1)
        {
            return 0;
        }

        double now = _now[lag] / pages;
        double then = _then[lag] / pages;
        double spread = Math.Sqrt(now * (1 - now) * then * (1 - then));
        return spread < 1e-9 ? 0 : ((_both[lag] / pages) - (now * then)) / spread;
    }
}
