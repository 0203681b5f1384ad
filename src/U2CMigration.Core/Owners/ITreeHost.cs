namespace U2CMigration.Core.Owners;

/// <summary>Who takes trees of a kind of owner on the destination.</summary>
public interface ITreeHost
{
    /// <summary>The kind of owner, see <see cref="TreeDescription.Kind"/>.</summary>
    string Kind { get; }

    /// <summary>Looks whether such a tree could be taken. Changes nothing.</summary>
    /// <param name="tree">The tree.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>A sentence for each thing in the way, with the remedy.</returns>
    Task<IReadOnlyList<string>> FindProblemsAsync(TreeDescription tree, CancellationToken cancellationToken);

    /// <summary>A command, program first, that removes what this host makes for such a tree, once its processes have ended: for another receiver after one that was killed. It leaves alone what belongs to others.</summary>
    /// <param name="tree">The tree.</param>
    /// <param name="surroundings">Where it happens.</param>
    /// <returns>The command; empty by default, for nothing.</returns>
    IReadOnlyList<string> RemovalCommand(TreeDescription tree, RestorerSurroundings surroundings) => [];

    /// <summary>Prepares for such a tree; what is restored comes later.</summary>
    /// <param name="tree">The tree.</param>
    /// <param name="surroundings">Where it happens.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="IOException">It cannot be taken; nothing is left of it.</exception>
    Task<ITreeRestorer> BeginAsync(TreeDescription tree, RestorerSurroundings surroundings, CancellationToken cancellationToken);
}
