namespace U2CMigration.Transport.Codec;

/// <summary>Whether one way of encoding is worth its time: what it costs a page against what it saves on the link, both averaged over the last tries.</summary>
internal sealed class EncodingTrial
{
    private const int TriesRemembered = 64;

    private readonly RecentMean _seconds = new(0, TriesRemembered);
    private readonly RecentMean _savedBytes = new(0, TriesRemembered);

    /// <summary>Whether it saves more time on the link than it costs. True until enough was tried, and while the bandwidth is not known.</summary>
    /// <param name="bytesPerSecond">The bandwidth of the link; 0 if unknown.</param>
    /// <remarks>Cautious on purpose: a batch is encoded while the one before travels, so on a slow link encoding costs no time at all, only processor time.</remarks>
    public bool Pays(double bytesPerSecond) =>
        _seconds.Count < TriesRemembered || bytesPerSecond <= 0 || _savedBytes.Value > _seconds.Value * bytesPerSecond;

    /// <summary>Notes a try.</summary>
    /// <param name="seconds">What it took.</param>
    /// <param name="savedBytes">The bytes saved; 0 if the page travels in another way.</param>
    public void Add(double seconds, int savedBytes)
    {
        _seconds.Add(seconds);
        _savedBytes.Add(savedBytes);
    }
}
