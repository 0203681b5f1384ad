namespace U2CMigration.Core.Results;

/// <summary>What the downtime was spent on. Dump and tail run side by side, so the parts do not add up to the whole.</summary>
public sealed record DowntimeBreakdown
{
    /// <summary>Freezing every task.</summary>
    public required TimeSpan Freeze { get; init; }

    /// <summary>The last look at the dirty pages.</summary>
    public required TimeSpan TailScan { get; init; }

    /// <summary>Reading and sending the remaining pages.</summary>
    public required TimeSpan TailSend { get; init; }

    /// <summary>CRIU writing the state of the processes, from the request until all images were complete.</summary>
    public required TimeSpan Dump { get; init; }

    /// <summary>Adding the private memory of the frozen tree, which CRIU is not shown, to the page maps of the images.</summary>
    public required TimeSpan PageMaps { get; init; }

    /// <summary>Sending the images.</summary>
    public required TimeSpan ImageTransfer { get; init; }

    /// <summary>The destination checking that it has every page.</summary>
    public required TimeSpan Check { get; init; }

    /// <summary>CRIU restoring the processes on the destination, until they were ready to run.</summary>
    public required TimeSpan Restore { get; init; }

    /// <summary>From the commit to the first instruction on the destination.</summary>
    public required TimeSpan Resume { get; init; }
}
