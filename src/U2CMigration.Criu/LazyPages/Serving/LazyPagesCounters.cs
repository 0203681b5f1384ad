using System.Diagnostics;

namespace U2CMigration.Criu.LazyPages.Serving;

/// <summary>What the serving thread has done so far.</summary>
internal sealed class LazyPagesCounters
{
    private long _longestWait;

    internal long Touches { get; set; }

    internal long ZeroTouches { get; set; }

    internal long InstalledAhead { get; set; }

    internal long Background { get; set; }

    internal long ReadAhead { get; set; }

    internal long Unwanted { get; set; }

    internal long Forks { get; set; }

    internal long Remaps { get; set; }

    internal long Removes { get; set; }

    internal long Unmaps { get; set; }

    internal int Tasks { get; set; }

    internal int Exited { get; set; }

    internal void Waited(long since) => _longestWait = long.Max(_longestWait, Stopwatch.GetTimestamp() - since);

    internal LazyPagesResult ToResult(TimeSpan fillDuration) => new()
    {
        Tasks = Tasks,
        ExitedTasks = Exited,
        TouchesServed = Touches,
        ZeroTouches = ZeroTouches,
        PagesInstalledAhead = InstalledAhead,
        BackgroundPages = Background,
        ReadAheadPages = ReadAhead,
        UnwantedPages = Unwanted,
        ForkEvents = Forks,
        RemapEvents = Remaps,
        RemoveEvents = Removes,
        UnmapEvents = Unmaps,
        FillDuration = fillDuration,
        LongestTouchWait = Stopwatch.GetElapsedTime(0, _longestWait),
    };
}
