using U2CMigration.Core.CarriedState;
using U2CMigration.Core.Committing;
using U2CMigration.Core.Destination.SharedMemory;
using U2CMigration.Core.Freezing;
using U2CMigration.Core.Inventory;
using U2CMigration.Core.Receiving;
using U2CMigration.Core.WaitingConnections;
using U2CMigration.Transport.Messages;

namespace U2CMigration.Core.Destination;

/// <summary>This host.</summary>
internal sealed class ArrivalHost : IArrivalHost
{
    /// <summary>The only one.</summary>
    public static ArrivalHost Instance { get; } = new();

    public Task<(RestoreMode Mode, Refuse? Refusal)> CheckAsync(DestinationContext context, string peer, Refuse? full, CancellationToken cancellationToken) =>
        DestinationPreflight.CheckAsync(context, peer, full, cancellationToken);

    public IDisposable TakeMemory() => MemoryAtHand.Take();

    public IArrivingTree CreateTree(DestinationContext context, MigrationTurn turn) => new ArrivingTree(context, turn);

    public IncomingObject CreateObject(SharedObjectEntry entry) => IncomingObject.Create(entry);

    public Task RehearseAsync() => DestinationState.RehearseAsync();

    public RestoreSurroundings Surround(DestinationContext context, string? networkNamespace) => RestoreSurroundings.Prepare(context, networkNamespace);

    public Task GiveAsync(DestinationState state, int rootProcessId) => state.GiveAsync(rootProcessId);

    public Task<IReadOnlyList<CarriedConnection>> ResetPeersAsync(IReadOnlyList<CarriedConnection> waiting, int rootProcessId) => Task.Run(() => ResetPeers.RunAsync(waiting, rootProcessId));

    public Task EndLocalConnectionsAsync(DestinationContext context, int rootProcessId) => Task.Run(() => LocalConnections.EndDead(rootProcessId, context.Logger));
}
