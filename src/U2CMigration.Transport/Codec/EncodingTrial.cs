using U2CMigration.Transport.Pages;

namespace U2CMigration.Transport.Codec;

/// <summary>Whether one way of encoding is worth its time: what it costs a page against what it saves on the link, both averaged over the last tries.</summary>
internal sealed class EncodingTrial
{
    private const int TriesRemembered = 64;

    /// <summary>
    /// What takes less than this share of the time that the page itself takes on the link counts as free, as a batch is encoded while the one before travels: 10 %. So
    /// compressible pages are found wherever they are.
    /// </summary>
    private const double FreeShare = 0.1;

    /// <summary>What takes longer than so many mean tries was interrupted.</summary>
    private const double LongestTry = 4;

    private readonly RecentMean _seconds = new(0, TriesRemembered);
    private readonly RecentMean _savedBytes = new(0, TriesRemembered);

    /// <summary>Whether it saves more time on the link than it costs, or hardly costs any. True until enough was tried, and while the bandwidth is not known.</summary>
    /// <param name="bytesPerSecond">The bandwidth of the link; 0 if unknown.</param>
    /// <remarks>Cautious on purpose where the link is fast: the processor time is the workload's.</remarks>
    public bool Pays(double bytesPerSecond)
    {
        double bytesMeanwhile = _seconds.Value * bytesPerSecond;
        return _seconds.Count < TriesRemembered || bytesMeanwhile <= Math.Max(_savedBytes.Value, PageRun.PageBytes * FreeShare);
    }

    /// <summary>Notes a try.</summary>
    /// <param name="seconds">What it took.</param>
    /// <param name="savedBytes">The bytes saved; 0 if the page travels in another way.</param>
    public void Add(double seconds, int savedBytes)
    {
        _seconds.Add(_seconds.Value > 0 ? Math.Min(seconds, _seconds.Value * LongestTry) : seconds);
        _savedBytes.Add(savedBytes);
    }
}
