using U2CMigration.Core.Files;
using U2CMigration.Core.Handover;
using U2CMigration.Criu.Rpc;

namespace U2CMigration.Core.Owners;

/// <summary>Who restores a tree: a CRIU that this program has started, or one that a container runtime has.</summary>
public interface ITreeRestorer : IAsyncDisposable
{
    /// <summary>CRIU, which waits for its request.</summary>
    HeldRestore Restore { get; }

    /// <summary>What its owner wants of CRIU; null for nothing in particular.</summary>
    RuntimeRequest? Request { get; }

    /// <summary>Whether the owner decides in which control groups the tree is.</summary>
    bool ChoosesGroups { get; }

    /// <summary>Takes the files that come with the tree, where its owner on the source carries them (<see cref="OwnedTree.Files"/>); null where it does not.</summary>
    IDestinationFiles? Files => null;

    /// <summary>The tree is restored and held: the owner gets what the one on the source has noted (<see cref="ITreeOwner.TakeStateAsync"/>), which is as little trusted as all that the source says.</summary>
    /// <param name="state">Texts by name; empty for none.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="IOException">It does not take it.</exception>
    Task GiveStateAsync(IReadOnlyDictionary<string, string> state, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>The network that the tree has to itself, on its way here; null where it has none. It is abandoned before, and removed with the restorer.</summary>
    IArrivingAddress? Network => null;

    /// <summary>A path of the network namespace into which it is restored; null for that of this host, and for one that CRIU makes.</summary>
    string? NetworkNamespace => null;

    /// <summary>The tree is complete and frozen, and CRIU was let finish: the owner does what it can do before the commit.</summary>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="IOException">It does not take the tree, which is removed then.</exception>
    Task PrepareAsync(CancellationToken cancellationToken);

    /// <summary>The tree is committed and runs next: the owner has it from here on, and disposing keeps it. Must neither throw nor wait.</summary>
    void Commit();

    /// <summary>The tree runs: waits until the owner has it in its books.</summary>
    /// <returns>What went wrong with that, as a sentence with the remedy; null for nothing.</returns>
    Task<string?> CompleteAsync();
}
