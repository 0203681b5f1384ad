using U2CMigration.Core.Files;
using U2CMigration.Core.Handover;
using U2CMigration.Criu.Rpc;

namespace U2CMigration.Core.Owners;

/// <summary>A process tree as its owner knows it.</summary>
public sealed record OwnedTree
{
    /// <summary>The root, as numbered in the PID namespace of the caller; 0 where there is none, which is a problem.</summary>
    public required int RootProcessId { get; init; }

    /// <summary>What its owner would ask of CRIU to dump it.</summary>
    /// <value>Default: null, nothing in particular.</value>
    public RuntimeRequest? Dump { get; init; }

    /// <summary>What the destination has to know to have it restored by the same kind of owner.</summary>
    /// <value>Default: null: it has no owner there.</value>
    public TreeDescription? Description { get; init; }

    /// <summary>Carries its files along, where its owner does that; the destination's <see cref="ITreeRestorer.Files"/> takes them.</summary>
    /// <value>Default: null: no one does, or a <c>FilesInStep</c> of the session.</value>
    public ISourceFiles? Files { get; init; }

    /// <summary>
    /// Processes outside that look after the tree: they have the other ends of its pipes, and would note its end and might start it again. They are ended before the tree is, once that lives on the
    /// destination, whose owner has its own.
    /// </summary>
    /// <value>Default: empty.</value>
    public IReadOnlyList<int> Keepers { get; init; } = [];

    /// <summary>The command, program first, by which the owner forgets a tree that has ended: for another program that settles the migration after this one has died.</summary>
    /// <value>Default: empty, there is nothing to forget.</value>
    public IReadOnlyList<string> RemovalCommand { get; init; } = [];

    /// <summary>The network that it has to itself, and how it is taken away and given back; used in place of <c>MigrationSessionOptions.Network</c>, which must be null then.</summary>
    /// <value>Default: null: it is in the network of its host.</value>
    public ISourceNetwork? Network { get; init; }

    /// <summary>Why it cannot be moved, a sentence each with the remedy.</summary>
    /// <value>Default: empty.</value>
    public IReadOnlyList<string> Problems { get; init; } = [];

    /// <summary>What the caller should know.</summary>
    /// <value>Default: empty.</value>
    public IReadOnlyList<string> Warnings { get; init; } = [];
}
