using U2CMigration.Core.CarriedState;
using U2CMigration.Core.Committing;
using U2CMigration.Core.Destination;
using U2CMigration.Core.Destination.Policy;
using U2CMigration.Core.Destination.SharedMemory;
using U2CMigration.Core.Receiving;
using U2CMigration.Core.WaitingConnections;
using U2CMigration.Transport.Messages;

namespace U2CMigration.Fuzzing.Targets.Dialogues;

/// <summary>A host without processes: it takes what fits the protocol and the policy.</summary>
internal sealed class MemoryHost(ScriptStream stream) : IArrivalHost
{
    /// <summary>The trees that were begun.</summary>
    public List<MemoryTree> Trees { get; } = [];

    public Task<(RestoreMode Mode, Refuse? Refusal)> CheckAsync(DestinationContext context, string peer, Refuse? full, CancellationToken cancellationToken)
    {
        // What compares reads the memory of processes.
        string? problem = full?.Sentence
            ?? (context.Offer.ProcessIds.Count == 0 || (context.Offer.Options & OfferOptions.Verify) != 0 ? "It is not taken here." : null)
            ?? DestinationPreflight.UnknownRequirement(context.Offer)
            ?? OfferedPrivileges.Problems(context.Offer, context.Needs, context.Options).FirstOrDefault()
            ?? context.Tree?.ToString();
        return Task.FromResult((RestoreMode.FlatImages, problem is null ? null : new Refuse(RefusalReason.Other, DestinationPreflight.Shorten([problem]))));
    }

    public IDisposable TakeMemory() => new MemoryStream();

    public IArrivingTree CreateTree(DestinationContext context, MigrationTurn turn)
    {
        var tree = new MemoryTree(turn, stream);
        Trees.Add(tree);
        return tree;
    }

    /// <summary>Others have names in a directory of this host.</summary>
    public IncomingObject CreateObject(SharedObjectEntry entry) =>
        entry.Kind is SharedObjectEntryKind.Anonymous or SharedObjectEntryKind.MemoryFile ? IncomingObject.Create(entry) : throw new RestoreRefusedException("Its name is not to be had here.");

    public Task RehearseAsync() => Task.CompletedTask;

    public RestoreSurroundings Surround(DestinationContext context, string? networkNamespace) => RestoreSurroundings.None;

    public Task GiveAsync(DestinationState state, int rootProcessId) => Task.CompletedTask;

    public Task<IReadOnlyList<CarriedConnection>> ResetPeersAsync(IReadOnlyList<CarriedConnection> waiting, int rootProcessId) => Task.FromResult<IReadOnlyList<CarriedConnection>>([]);

    public Task EndLocalConnectionsAsync(DestinationContext context, int rootProcessId) => Task.CompletedTask;
}
