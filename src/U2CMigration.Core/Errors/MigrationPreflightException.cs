using U2CMigration.Core.Inventory;
using U2CMigration.Core.Sessions;

namespace U2CMigration.Core.Errors;

/// <summary>The migration can not work as asked; found before anything was touched.</summary>
public sealed class MigrationPreflightException : MigrationException
{
    internal MigrationPreflightException(IReadOnlyList<string> problems, WorkloadState workload = WorkloadState.Running, IReadOnlyList<InventoryFinding>? findings = null)
        : base(string.Join(' ', problems), MigrationPhase.Preflight, workload, isTransient: false) => (Problems, Findings) = (problems, findings ?? []);

    /// <summary>Every problem found, each a sentence that names the input, the limit and the remedy.</summary>
    public IReadOnlyList<string> Problems { get; }

    /// <summary>What was found in the workload; those that are refused are among the problems too.</summary>
    public IReadOnlyList<InventoryFinding> Findings { get; }
}
