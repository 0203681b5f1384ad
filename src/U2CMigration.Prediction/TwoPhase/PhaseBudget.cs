namespace U2CMigration.Prediction.TwoPhase;

/// <summary>Decides, sample by sample, whether the second phase is affordable: it may take a share of the time between samples, which it takes from the workload.</summary>
/// <remarks>
/// What it costs is measured, because it depends on the processor, on how many pages are unstable and on what else runs. One dear sample can be an accident, two are not,
/// nor is one that took half of the time: then it pauses, longer each time, and tries again, since the number of unstable pages changes. Each sample begins with
/// questions about few pages; where by their price the rest would take half of the time, it is not asked.
/// </remarks>
/// <param name="clock">Measures; a clock that stands still makes everything affordable.</param>
internal sealed class PhaseBudget(TimeProvider clock)
{
    /// <summary>The share of the time between samples: 15 %.</summary>
    private const double Share = 0.15;

    /// <summary>The share that is never paid twice, and not once where it can be foreseen: half.</summary>
    private const double FarTooMuch = 0.5;

    private const int DearInARow = 2;
    private const int FirstPause = 16;
    private const int LongestPause = 256;

    private long _sampled = -1;
    private long _began;
    private TimeSpan _spent;
    private TimeSpan _interval;
    private double _secondsPerPage;
    private int _dear;
    private int _pause = FirstPause;
    private int _left;

    /// <summary>Whether the second phase is used for the present sample.</summary>
    public bool IsAffordable => _left == 0;

    /// <summary>Whether the second phase can be asked about so many pages.</summary>
    public bool Affords(long pages) => IsAffordable && (_interval == TimeSpan.Zero || pages * _secondsPerPage <= _interval.TotalSeconds * FarTooMuch);

    /// <summary>How many samples went without the second phase.</summary>
    public long SkippedSamples { get; private set; }

    /// <summary>Starts the next sample, and judges the one before.</summary>
    public void NextSample()
    {
        long now = clock.GetTimestamp();
        _interval = _sampled < 0 ? TimeSpan.Zero : clock.GetElapsedTime(_sampled, now);
        if (_left > 0)
        {
            _left--;
        }
        else if (_sampled >= 0)
        {
            Judge();
        }

        _sampled = now;
        _spent = TimeSpan.Zero;
        SkippedSamples += _left > 0 ? 1 : 0;
    }

    /// <summary>Begins to count time as spent by the second phase.</summary>
    public void Begin() => _began = clock.GetTimestamp();

    /// <summary>Ends what <see cref="Begin"/> began.</summary>
    /// <param name="pages">How many pages it was asked about.</param>
    public void End(long pages)
    {
        TimeSpan took = clock.GetElapsedTime(_began);
        _spent += took;
        if (pages > 0)
        {
            _secondsPerPage = took.TotalSeconds / pages;
        }
    }

    private void Judge()
    {
        _dear = _spent > _interval * Share ? _dear + 1 : 0;
        if (_dear == DearInARow || _spent > _interval * FarTooMuch)
        {
            _dear = 0;
            _left = _pause;
            _pause = Math.Min(_pause * 2, LongestPause);
        }
    }
}
