using U2CMigration.Core.Owners;

namespace U2CMigration.Core.Sessions;

/// <summary>What to migrate.</summary>
public sealed class MigrationTarget
{
    private MigrationTarget(ITreeOwner owner, OwnedTree? tree) => (Owner, Tree) = (owner, tree);

    /// <summary>The process at the root of the tree, as numbered in the PID namespace of the caller; 0 where its owner was not asked yet.</summary>
    public int RootProcessId => Tree?.RootProcessId ?? 0;

    /// <summary>Who has the tree.</summary>
    public ITreeOwner Owner { get; }

    /// <summary>What the owner says of it; null where it was not asked yet.</summary>
    internal OwnedTree? Tree { get; }

    /// <summary>A process and all its descendants.</summary>
    /// <param name="rootProcessId">The root of the tree, as numbered in the PID namespace of the caller.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number is not a process id.</exception>
    public static MigrationTarget Process(int rootProcessId)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rootProcessId, 1);
        var owner = new ProcessTreeOwner(rootProcessId);
        return new MigrationTarget(owner, owner.Tree);
    }

    /// <summary>A tree of a program that keeps books of it: a container of a runtime, for example.</summary>
    /// <param name="owner">The program.</param>
    public static MigrationTarget Of(ITreeOwner owner)
    {
        ArgumentNullException.ThrowIfNull(owner);
        return new MigrationTarget(owner, null);
    }

    /// <inheritdoc/>
    public override string ToString() => Owner.ToString() ?? string.Empty;

    /// <summary>The same with what the owner says of it now.</summary>
    internal async Task<MigrationTarget> DescribeAsync(CancellationToken cancellationToken) => new(Owner, await Owner.DescribeAsync(cancellationToken).ConfigureAwait(false));
}
