using U2CMigration.Core.Errors;
using U2CMigration.Core.Inventory;
using U2CMigration.Core.Processes;
using U2CMigration.Criu.Versions;

namespace U2CMigration.Core.Source;

/// <summary>What a look at the source found.</summary>
internal sealed record SourceLook
{
    /// <summary>What stands in the way, apart from the findings.</summary>
    public required IReadOnlyList<string> Problems { get; init; }

    public IReadOnlyList<InventoryFinding> Findings { get; init; } = [];

    /// <summary>The processes, the root first.</summary>
    public IReadOnlyList<int> Tree { get; init; } = [];

    /// <summary>Measured where there are no problems.</summary>
    public TreeMemory Memory { get; init; }

    public CriuVersion Criu { get; init; }

    public WorkloadState Workload { get; init; } = WorkloadState.Running;
}
