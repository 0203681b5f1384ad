using System.Diagnostics;

namespace U2CMigration.Core.Inventory;

/// <summary>What the looks at one workload have found so far.</summary>
internal sealed class WorkloadFindings(InventoryOptions options)
{
    private readonly HashSet<(FindingKind, int, string)> _known = [];
    private IReadOnlyList<InventoryFinding> _givenUp = [];

    /// <summary>What the last look found.</summary>
    public IReadOnlyList<InventoryFinding> All { get; private set; } = [];

    /// <summary>How long the last look took.</summary>
    public TimeSpan Duration { get; private set; }

    /// <summary>What is given up, by the last look.</summary>
    public IReadOnlyList<InventoryFinding> GivenUp => _givenUp;

    /// <summary>Takes a look.</summary>
    /// <param name="tree">The processes, the root first.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>What no look before has found.</returns>
    public IReadOnlyList<InventoryFinding> Take(IReadOnlyList<int> tree, CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        All = WorkloadInventory.Take(tree, options, cancellationToken);
        Duration = Stopwatch.GetElapsedTime(start);
        _givenUp = [.. All.Where(static finding => finding.Severity == FindingSeverity.GivenUp)];
        return [.. All.Where(finding => _known.Add((finding.Kind, finding.ProcessId, finding.Thing)))];
    }
}
