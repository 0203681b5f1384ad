using System.Net;

namespace U2CMigration.Core.Handover;

/// <summary>Takes the workload's network address away from the source host, and gives it back if the migration fails.</summary>
/// <remarks>Implemented by orchestrators; <see cref="AddressHandover"/> serves hosts on one network segment. One object serves one migration at a time.</remarks>
public interface ISourceNetwork
{
    /// <summary>The addresses that move, for a destination that can bring several. None by default.</summary>
    IReadOnlyList<IPAddress> Addresses => [];

    /// <summary>Called before the workload is frozen: slow preparations and checks belong here.</summary>
    /// <param name="cancellationToken">Cancels the migration.</param>
    ValueTask ReadyAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Called moments before the freeze, for a workload that listens: attempts to connect that arrive from now on should not reach it here, but be passed on to where it goes. Connections that
    /// the kernel has made and the workload has not accepted when it is frozen are given up. <see cref="ReleaseAsync"/> follows, or <see cref="EndAsync"/>. Does nothing by default.
    /// </summary>
    /// <param name="cancellationToken">Cancels the migration.</param>
    ValueTask HoldNewConnectionsAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <summary>Called once every task is frozen: from its return on, no packet may reach the workload's sockets on this host.</summary>
    /// <param name="cancellationToken">Cancels the migration.</param>
    ValueTask ReleaseAsync(CancellationToken cancellationToken);

    /// <summary>Called right before the commit is sent, in the downtime: from now on another host may claim the address. Before it, anyone who does is not the destination. Does nothing by default.</summary>
    void Commit()
    {
    }

    /// <summary>Called before a frozen workload is thawed after a failure, also if it is frozen again a moment later: undoes <see cref="ReleaseAsync"/>. Must succeed also when that one failed half way.</summary>
    /// <param name="cancellationToken">Not cancelled by the caller of the session; bounds the time.</param>
    ValueTask ReclaimAsync(CancellationToken cancellationToken);

    /// <summary>
    /// A program and its arguments that undo <see cref="ReleaseAsync"/>, for when this process is killed before the commit; harmless when nothing was
    /// released. Empty for none: the workload is unreachable then until somebody else gives the address back. Read after <see cref="ReadyAsync"/>.
    /// </summary>
    /// <remarks>The program is looked for on the PATH of this process, before the freeze; a migration whose program is missing fails then. The guardian of an <see cref="AddressHandover"/> needs none.</remarks>
    IReadOnlyList<string> UndoCommand => [];

    /// <summary>Called when the migration is over on this host, whatever its outcome: no part of the handover may still be running when it returns. Called at most once.</summary>
    ValueTask EndAsync() => ValueTask.CompletedTask;
}
