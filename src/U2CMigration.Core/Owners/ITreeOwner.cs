namespace U2CMigration.Core.Owners;

/// <summary>Who has a process tree on the source: no one, or a program such as a container runtime that keeps books of it.</summary>
public interface ITreeOwner
{
    /// <summary>The tree and all that is known of it; called once for each check and each migration, while the tree runs. It must not be disturbed.</summary>
    /// <param name="cancellationToken">Ends it.</param>
    Task<OwnedTree> DescribeAsync(CancellationToken cancellationToken);

    /// <summary>Looks again for what cannot come along: right before the freeze, and while the tree is frozen, before the commit.</summary>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>A sentence each, with the remedy; empty for nothing.</returns>
    Task<IReadOnlyList<string>> FindProblemsAsync(CancellationToken cancellationToken);

    /// <summary>What the owner has noted of the tree that the one on the destination has to know, read while the tree is frozen.</summary>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>Texts by name, together at most some ten MiB; none by default.</returns>
    /// <exception cref="IOException">It cannot be read, or is too much; the workload runs on here.</exception>
    Task<IReadOnlyDictionary<string, string>> TakeStateAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyDictionary<string, string>>(new Dictionary<string, string>());

    /// <summary>The tree lives on the destination and has ended here: the owner may forget it. Must not throw.</summary>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>What is left here and how to remove it, as a sentence; null for nothing.</returns>
    Task<string?> RemoveAsync(CancellationToken cancellationToken);
}
