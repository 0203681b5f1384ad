namespace U2CMigration.Transport.Codec;

/// <summary>Whether one way of encoding is worth its time: what it costs a page against what it saves on the link, both averaged over the last tries.</summary>
internal sealed class EncodingTrial
{
    private const int TriesBeforeJudging = 64;
    private const double NewestWeight = 1.0 / 64;

    private int _tries;
    private double _seconds;
    private double _savedBytes;

    /// <summary>Whether it saves more time on the link than it costs. True until enough was tried, and while the bandwidth is not known.</summary>
    /// <param name="bytesPerSecond">The bandwidth of the link; 0 if unknown.</param>
    /// <remarks>Cautious on purpose: a batch is encoded while the one before travels, so on a slow link encoding costs no time at all, only processor time.</remarks>
    public bool Pays(double bytesPerSecond) => _tries < TriesBeforeJudging || bytesPerSecond <= 0 || _savedBytes > _seconds * bytesPerSecond;

    /// <summary>Notes a try.</summary>
    /// <param name="seconds">What it took.</param>
    /// <param name="savedBytes">The bytes saved; 0 if the page travels in another way.</param>
    public void Add(double seconds, int savedBytes)
    {
        // A plain mean at first, so that the first try does not weigh more than the others.
        double weight = Math.Max(NewestWeight, 1.0 / ++_tries);
        _seconds += (seconds - _seconds) * weight;
        _savedBytes += (savedBytes - _savedBytes) * weight;
    }
}
