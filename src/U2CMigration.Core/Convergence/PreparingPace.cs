using System.Diagnostics;

namespace U2CMigration.Core.Convergence;

/// <summary>How many pages a second are read and encoded, over the last second of doing that. By the clock on the wall: while other threads have the processor, it takes longer.</summary>
/// <remarks>Safe for concurrent use.</remarks>
internal sealed class PreparingPace
{
    /// <summary>The pace is that of the last one or two of so many seconds.</summary>
    private const double StretchSeconds = 0.5;

    /// <summary>Less time than this is taken for so much.</summary>
    private const double LeastSeconds = 0.001;

    private readonly Lock _lock = new();
    private (long Pages, double Seconds) _before;
    private (long Pages, double Seconds) _now;

    /// <summary>The pace; 0 before the first page.</summary>
    public double PagesPerSecond
    {
        get
        {
            lock (_lock)
            {
                return (_before.Pages + _now.Pages) / Math.Max(LeastSeconds, _before.Seconds + _now.Seconds);
            }
        }
    }

    /// <summary>Notes pages that were read and encoded.</summary>
    /// <param name="pages">How many.</param>
    /// <param name="since">When that began (<see cref="Stopwatch.GetTimestamp"/>).</param>
    public void Add(int pages, long since) => Add(pages, Stopwatch.GetElapsedTime(since).TotalSeconds);

    internal void Add(int pages, double seconds)
    {
        lock (_lock)
        {
            if (_now.Seconds >= StretchSeconds)
            {
                _before = _now;
                _now = default;
            }

            _now = (_now.Pages + pages, _now.Seconds + seconds);
        }
    }
}
