using U2CMigration.Core.Inventory.Checks;

namespace U2CMigration.Core.Inventory;

/// <summary>Finds what of a workload cannot come along, before anything of it is touched.</summary>
internal static class WorkloadInventory
{
    private static readonly Func<WorkloadView, IEnumerable<InventoryFinding>>[] Checks =
    [
        PipeCheck.Find,
        SharedObjectCheck.Find,
        SharedMemoryCheck.Find,
        UnixSocketCheck.Find,
        TcpConnectionCheck.Find,
        SocketKindCheck.Find,
        KernelObjectCheck.Find,
        DeviceCheck.Find,
        TerminalCheck.Find,
        NamespaceCheck.Find,
        SystemVCheck.Find,
        WatchedFileCheck.Find,
    ];

    /// <summary>Takes a look. What comes or goes meanwhile may be missed; another look finds it.</summary>
    /// <param name="tree">The processes, the root first; none when it has ended.</param>
    /// <param name="options">By what findings are judged.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static IReadOnlyList<InventoryFinding> Take(IReadOnlyList<int> tree, InventoryOptions options, CancellationToken cancellationToken)
    {
        if (tree.Count == 0)
        {
            return [];
        }

        WorkloadView view = WorkloadView.Take(tree, options, cancellationToken);
        return Of(view, cancellationToken);
    }

    internal static IReadOnlyList<InventoryFinding> Of(WorkloadView view, CancellationToken cancellationToken)
    {
        var findings = new List<InventoryFinding>();
        foreach (Func<WorkloadView, IEnumerable<InventoryFinding>> check in Checks)
        {
            cancellationToken.ThrowIfCancellationRequested();
            findings.AddRange(check(view));
        }

        return findings;
    }
}
