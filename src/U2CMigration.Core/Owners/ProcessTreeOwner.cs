namespace U2CMigration.Core.Owners;

/// <summary>A process tree that no one keeps books of.</summary>
internal sealed class ProcessTreeOwner(int rootProcessId) : ITreeOwner
{
    public OwnedTree Tree { get; } = new() { RootProcessId = rootProcessId };

    public Task<OwnedTree> DescribeAsync(CancellationToken cancellationToken) => Task.FromResult(Tree);

    public Task<IReadOnlyList<string>> FindProblemsAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<string>>([]);

    public Task<string?> RemoveAsync(CancellationToken cancellationToken) => Task.FromResult<string?>(null);

    public override string ToString() => $"process {rootProcessId}";
}
