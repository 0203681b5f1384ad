using U2CMigration.Prediction.Traces;

namespace TraceLab.Showing;

/// <summary>The figures of a trace.</summary>
/// <param name="Header">What it is of.</param>
/// <param name="Samples">How many samples.</param>
/// <param name="Pages">Pages of the first sample.</param>
/// <param name="PagesEver">Pages that were in any sample.</param>
/// <param name="MeanIntervalMs">The mean time between samples.</param>
/// <param name="LongestIntervalMs">The longest: far above the mean, the machine was too busy to record.</param>
/// <param name="DirtyShare">The mean share of pages that a sample finds dirty, without the first.</param>
/// <param name="WrittenShare">The share of pages that was written at all after the first sample.</param>
/// <param name="UnstableShare">The mean share of pages whose last three dirty bits are not all alike.</param>
/// <param name="Persistence">Of the pages dirty in one sample, the share that is dirty in the next.</param>
internal sealed record TraceSummary(
    TraceHeader Header,
    int Samples,
    long Pages,
    long PagesEver,
    double MeanIntervalMs,
    double LongestIntervalMs,
    double DirtyShare,
    double WrittenShare,
    double UnstableShare,
    double Persistence)
{
    /// <summary>Bits that say whether a page is stable: with three, a coefficient of variation below 0.5 means that all are equal.</summary>
    private const int StableBits = 3;

    internal static TraceSummary Of(PageTrace trace)
    {
        BitRows rows = BitRows.Of(trace);
        long dirty = 0;
        long written = 0;
        long unstable = 0;
        long again = 0;
        long before = 0;
        for (int page = 0; page < rows.Pages; page++)
        {
            ReadOnlySpan<bool> bits = rows.Row(page);
            bool any = false;
            for (int sample = 1; sample < bits.Length; sample++)
            {
                any |= bits[sample];
                dirty += bits[sample] ? 1 : 0;
                again += bits[sample] && bits[sample - 1] && sample > 1 ? 1 : 0;
                before += bits[sample] && sample + 1 < bits.Length ? 1 : 0;
                unstable += sample >= StableBits && (bits[sample] != bits[sample - 1] || bits[sample] != bits[sample - 2]) ? 1 : 0;
            }

            written += any ? 1 : 0;
        }

        double pages = Math.Max(1, rows.Pages);
        return new TraceSummary(
            trace.Header,
            rows.Samples,
            trace.Samples.Count > 0 ? trace.Samples[0].Dirty.PageCount : 0,
            rows.Pages,
            trace.Samples.Skip(1).Select(static s => s.Interval.TotalMilliseconds).DefaultIfEmpty().Average(),
            trace.Samples.Max(static s => s.Interval.TotalMilliseconds),
            dirty / pages / Math.Max(1, rows.Samples - 1),
            written / pages,
            unstable / pages / Math.Max(1, rows.Samples - StableBits),
            again / (double)Math.Max(1, before));
    }
}
