namespace U2CMigration.Core.Convergence;

/// <summary>Looks once more before the freeze: whether what is pending by now, at the pace of the last seconds, is what the decision to stop expected.</summary>
/// <remarks>A decision rests on estimates of a moment. Between it and the freeze threads may be held up, links may slow down and pages are written. One more round costs little, a freeze in the wrong moment seconds.</remarks>
internal sealed class FreezeCheck
{
    /// <summary>So much longer than expected is no contradiction.</summary>
    private const double Tolerance = 2;

    /// <summary>And so much more: a workload writes on, and a clock has its grain.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(50);

    /// <summary>How often a freeze is put off at most, and for how long: rounds must come to an end.</summary>
    private const int MostTimes = 20;

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);

    private int _times;
    private TimeSpan _first;

    /// <summary>How often the freeze was put off.</summary>
    public int Times => _times;

    /// <summary>Whether to send another round instead of stopping.</summary>
    /// <param name="expected">How long copying was expected to take when the stop was decided.</param>
    /// <param name="now">How long it would take now.</param>
    /// <param name="most">How long it may take by the caller's limit; <see cref="TimeSpan.MaxValue"/> for no limit.</param>
    /// <param name="elapsed">The time since the migration began.</param>
    public bool PutsOff(TimeSpan expected, TimeSpan now, TimeSpan most, TimeSpan elapsed)
    {
        bool contradicts = now > (expected * Tolerance) + Grace || (now > most && expected <= most);
        if (!contradicts || _times >= MostTimes || (_times > 0 && elapsed - _first > Longest))
        {
            return false;
        }

        _first = _times == 0 ? elapsed : _first;
        _times++;
        return true;
    }
}
