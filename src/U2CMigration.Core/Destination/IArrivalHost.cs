using U2CMigration.Core.CarriedState;
using U2CMigration.Core.Committing;
using U2CMigration.Core.Destination.SharedMemory;
using U2CMigration.Core.Receiving;
using U2CMigration.Core.WaitingConnections;
using U2CMigration.Transport.Messages;

namespace U2CMigration.Core.Destination;

/// <summary>All that an arrival does to the host that it arrives on; what is said, and in which order, is not here.</summary>
internal interface IArrivalHost
{
    /// <summary>The way to restore, or the refusal.</summary>
    /// <param name="context">The migration.</param>
    /// <param name="peer">The source.</param>
    /// <param name="full">Why the host has no room for it now; null where it has.</param>
    /// <param name="cancellationToken">Ends it.</param>
    Task<(RestoreMode Mode, Refuse? Refusal)> CheckAsync(DestinationContext context, string peer, Refuse? full, CancellationToken cancellationToken);

    /// <summary>Memory that the kernel has at hand when the restore needs it.</summary>
    IDisposable TakeMemory();

    /// <summary>The processes to come.</summary>
    IArrivingTree CreateTree(DestinationContext context, MigrationTurn turn);

    /// <summary>Makes shared memory as the workload will have it.</summary>
    /// <exception cref="RestoreRefusedException">Its name is not to be had here.</exception>
    IncomingObject CreateObject(SharedObjectEntry entry);

    /// <summary>Goes through what will be done to the tasks, so that it takes no time later.</summary>
    Task RehearseAsync();

    /// <summary>What the restore needs around it on the host.</summary>
    /// <param name="context">The migration.</param>
    /// <param name="networkNamespace">A path of the network namespace into which it is restored; null for that of this host, and for one that CRIU makes.</param>
    RestoreSurroundings Surround(DestinationContext context, string? networkNamespace);

    /// <summary>Gives the held tasks what the images leave out.</summary>
    Task GiveAsync(DestinationState state, int rootProcessId);

    /// <summary>Tells peers that connections are gone which no one had accepted.</summary>
    /// <returns>Those that could not be told.</returns>
    Task<IReadOnlyList<CarriedConnection>> ResetPeersAsync(IReadOnlyList<CarriedConnection> waiting, int rootProcessId);

    /// <summary>Ends connections within the host whose other end is not there.</summary>
    Task EndLocalConnectionsAsync(DestinationContext context, int rootProcessId);
}
