namespace U2CMigration.Core.Results;

/// <summary>
/// What the downtime was spent on. Seven parts follow each other without a gap on the source's clock and add up to the downtime: <see cref="Freeze"/>, <see cref="DumpAndTail"/>,
/// <see cref="PageMaps"/>, <see cref="ImageTransfer"/>, <see cref="RestoreWait"/>, <see cref="Confirmation"/> and <see cref="Commit"/>. The others are steps within one of them, some side by side.
/// </summary>
public sealed record DowntimeBreakdown
{
    /// <summary>The parts that follow each other, which is the downtime.</summary>
    public TimeSpan Total => Freeze + DumpAndTail + PageMaps + ImageTransfer + RestoreWait + Confirmation + Commit;

    /// <summary>Freezing every task.</summary>
    public required TimeSpan Freeze { get; init; }

    /// <summary>From there until CRIU had written the state and the remaining pages were sent: <see cref="TailScan"/>, <see cref="TailSend"/> and <see cref="Dump"/>.</summary>
    public required TimeSpan DumpAndTail { get; init; }

    /// <summary>The last look at the dirty pages.</summary>
    public required TimeSpan TailScan { get; init; }

    /// <summary>Reading and sending the remaining pages.</summary>
    public required TimeSpan TailSend { get; init; }

    /// <summary>CRIU writing the state of the processes, from the request until all images were complete.</summary>
    public required TimeSpan Dump { get; init; }

    /// <summary>Adding the private memory of the frozen tree, which CRIU is not shown, to the page maps of the images.</summary>
    public required TimeSpan PageMaps { get; init; }

    /// <summary>Sending the images, the pages that CRIU touched, and what was left of shared memory.</summary>
    public required TimeSpan ImageTransfer { get; init; }

    /// <summary>
    /// From there until the destination's word that it holds the restored workload: <see cref="Restore"/>, the messages on their way, and pages that it asked for again.
    /// </summary>
    public required TimeSpan RestoreWait { get; init; }

    /// <summary>The destination checking that it has every page; a part of <see cref="Restore"/>.</summary>
    public required TimeSpan Check { get; init; }

    /// <summary>The destination from complete images to processes that were ready to run: CRIU, what the images leave out, and the comparison of what was restored where it was asked for.</summary>
    public required TimeSpan Restore { get; init; }

    /// <summary>From the destination's word to the commit: until the images were certain to be those of the frozen tree, and until the tree would stay stopped without this process.</summary>
    public required TimeSpan Confirmation { get; init; }

    /// <summary>From the commit to the first instruction on the destination: file locks given over, the record on its disk, and <see cref="Resume"/>.</summary>
    public required TimeSpan Commit { get; init; }

    /// <summary>The destination from the recorded commit to the first instruction.</summary>
    public required TimeSpan Resume { get; init; }
}
