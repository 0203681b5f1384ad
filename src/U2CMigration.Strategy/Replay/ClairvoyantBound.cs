namespace U2CMigration.Strategy.Replay;

/// <summary>What no strategy can beat, even one that knows the future: the fewest bytes, and the shortest downtime. Each by itself; one strategy need not reach both.</summary>
/// <remarks>
/// Pages cost what they cost through the codec, the least they cost anyone: N for the first version of a page, A for a later one, A at most N.
/// <para>Bytes: every page that is resident in the beginning travels at least once as a first version, so R * N. Who stops at once sends no more.</para>
/// <para>
/// Downtime: a stop at T leaves nothing to chance, the last write of every page before T is known. Take any earlier moment t. The L pages written last at t or later
/// are sent behind t in their last version: for A if an earlier version went before t, else for N. The other E = R - L pages are sent before t or behind it,
/// for N. Before t the link carries C * t bytes, best used for the E pages first (each saves N behind t), then for earlier versions of the L pages (each
/// saves N - A). So at least
/// <c>after(t) = R * N - C * t</c> while C * t is below E * N, else <c>(L - x) * N + x * A</c> with x = min(L, (C * t - E * N) / N),
/// must go behind t, of which C * (T - t) go before T; the rest goes while the workload stands still. The bound is the fixed downtime plus the largest such rest
/// over all t, divided by the bandwidth, for the best T up to the horizon. Within a tick nothing is written, so t and T need to be tried at ticks only.
/// </para>
/// </remarks>
public sealed record ClairvoyantBound
{
    /// <summary>The fewest bytes on the wire.</summary>
    public required double WireBytes { get; init; }

    /// <summary>The shortest downtime.</summary>
    public required TimeSpan Downtime { get; init; }

    /// <summary>A moment to stop at for the shortest downtime.</summary>
    public required TimeSpan Freeze { get; init; }

    /// <summary>Computes the bound for every migration that can be replayed under given conditions.</summary>
    /// <param name="workload">What is migrated.</param>
    /// <param name="conditions">Under which conditions.</param>
    public static ClairvoyantBound Of(TraceTimeline workload, ReplayConditions conditions)
    {
        ArgumentNullException.ThrowIfNull(workload);
        ArgumentNullException.ThrowIfNull(conditions);
        return new BoundSearch(workload, conditions).Search();
    }

    /// <summary>How much more a migration cost than the bound: cost / bound - 1, for bytes and for downtime.</summary>
    /// <param name="result">The migration.</param>
    public (double Bytes, double Downtime) RegretOf(ReplayResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        return ((result.WireBytes / WireBytes) - 1, (result.Downtime / Downtime) - 1);
    }
}
