namespace U2CMigration.Core.Sessions;

/// <summary>What to migrate.</summary>
public sealed class MigrationTarget
{
    private MigrationTarget(int rootProcessId) => RootProcessId = rootProcessId;

    /// <summary>The process at the root of the tree, as numbered in the PID namespace of the caller.</summary>
    public int RootProcessId { get; }

    /// <summary>A process and all its descendants.</summary>
    /// <param name="rootProcessId">The root of the tree, as numbered in the PID namespace of the caller.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number is not a process id.</exception>
    public static MigrationTarget Process(int rootProcessId)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rootProcessId, 1);
        return new MigrationTarget(rootProcessId);
    }

    /// <inheritdoc/>
    public override string ToString() => $"process {RootProcessId}";
}
