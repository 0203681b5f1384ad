namespace U2CMigration.Criu.LazyPages;

/// <summary>What a <see cref="LazyPagesDaemon"/> did until the last page was in.</summary>
public sealed record LazyPagesResult
{
    /// <summary>The processes that were served, children forked since the resume included.</summary>
    public required int Tasks { get; init; }

    /// <summary>The processes that ended, or started another program, before all their pages were in.</summary>
    public required int ExitedTasks { get; init; }

    /// <summary>The first touches that were answered with a page of the source.</summary>
    public required long TouchesServed { get; init; }

    /// <summary>The touches that were answered with a zero page: outside the lazy ranges, or discarded since.</summary>
    public required long ZeroTouches { get; init; }

    /// <summary>The pages installed by <see cref="LazyPagesDaemon.InstallAsync"/>.</summary>
    public required long PagesInstalledAhead { get; init; }

    /// <summary>The pages installed by the background filling.</summary>
    public required long BackgroundPages { get; init; }

    /// <summary>The pages installed because a neighbour was touched.</summary>
    public required long ReadAheadPages { get; init; }

    /// <summary>The pages that were never installed because their memory was discarded or unmapped, or the process ended.</summary>
    public required long UnwantedPages { get; init; }

    /// <summary>The forks seen.</summary>
    public required long ForkEvents { get; init; }

    /// <summary>The moves by mremap seen.</summary>
    public required long RemapEvents { get; init; }

    /// <summary>The discards by madvise seen.</summary>
    public required long RemoveEvents { get; init; }

    /// <summary>The unmappings seen.</summary>
    public required long UnmapEvents { get; init; }

    /// <summary>The time from <see cref="LazyPagesDaemon.BeginFill"/> until the last page was in; zero when it was not needed.</summary>
    public required TimeSpan FillDuration { get; init; }

    /// <summary>The longest time a touch waited for its answer: an upper bound, counted from the last look at which it was not there yet.</summary>
    public required TimeSpan LongestTouchWait { get; init; }
}
