using System.Diagnostics;

namespace U2CMigration.Core.Inventory;

/// <summary>What the looks at one workload have found so far.</summary>
/// <param name="look">Takes one look at processes, the root first.</param>
internal sealed class WorkloadFindings(Func<IReadOnlyList<int>, CancellationToken, IReadOnlyList<InventoryFinding>> look)
{
    /// <summary>Long enough for a command that a script runs to say what it has to say to a logger.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly HashSet<(FindingKind, int, string)> _known = [];

    public WorkloadFindings(InventoryOptions options)
        : this((tree, cancellationToken) => WorkloadInventory.Take(tree, options, cancellationToken))
    {
    }

    /// <summary>What was found last.</summary>
    public IReadOnlyList<InventoryFinding> All { get; private set; } = [];

    /// <summary>How long the last look took.</summary>
    public TimeSpan Duration { get; private set; }

    /// <summary>What is given up, by the last look.</summary>
    public IReadOnlyList<InventoryFinding> GivenUp { get; private set; } = [];

    /// <summary>Takes a look, and another one where something stands in the way: what is gone by then does not.</summary>
    /// <param name="tree">Lists the processes, the root first.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>What no look before has found.</returns>
    public async Task<IReadOnlyList<InventoryFinding>> TakeAsync(Func<IReadOnlyList<int>> tree, CancellationToken cancellationToken)
    {
        IReadOnlyList<InventoryFinding> found = await LookAsync(tree, cancellationToken).ConfigureAwait(false);
        HashSet<(FindingKind, int, string)> refused = [.. found.Where(static finding => finding.Severity == FindingSeverity.Refused).Select(KeyOf)];
        if (refused.Count > 0)
        {
            await Task.Delay(Pause, cancellationToken).ConfigureAwait(false);
            found = [.. (await LookAsync(tree, cancellationToken).ConfigureAwait(false)).Where(finding => finding.Severity != FindingSeverity.Refused || refused.Contains(KeyOf(finding)))];
        }

        All = found;
        GivenUp = [.. found.Where(static finding => finding.Severity == FindingSeverity.GivenUp)];
        return [.. found.Where(finding => _known.Add(KeyOf(finding)))];
    }

    private static (FindingKind, int, string) KeyOf(InventoryFinding finding) => (finding.Kind, finding.ProcessId, finding.Thing);

    private async Task<IReadOnlyList<InventoryFinding>> LookAsync(Func<IReadOnlyList<int>> tree, CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        IReadOnlyList<InventoryFinding> found = await Task.Run(() => look(tree(), cancellationToken), cancellationToken).ConfigureAwait(false);
        Duration = Stopwatch.GetElapsedTime(start);
        return found;
    }
}
