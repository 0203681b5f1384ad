using U2CMigration.Core.Sessions;

namespace U2CMigration.Core.Errors;

/// <summary>The migration can not work as asked; found before anything was touched.</summary>
public sealed class MigrationPreflightException : MigrationException
{
    internal MigrationPreflightException(IReadOnlyList<string> problems, WorkloadState workload = WorkloadState.Running)
        : base(string.Join(' ', problems), MigrationPhase.Preflight, workload, isTransient: false) => Problems = problems;

    /// <summary>Every problem found, each a sentence that names the input, the limit and the remedy.</summary>
    public IReadOnlyList<string> Problems { get; }
}
