namespace U2CMigration.Core.Handover;

/// <summary>Brings the workload's network address to the destination host.</summary>
/// <remarks>Implemented by orchestrators; <see cref="AddressHandover"/> serves hosts on one network segment.</remarks>
public interface IDestinationNetwork
{
    /// <summary>Called when a receiver starts: removes what an earlier one left that was killed in the midst of a migration. Does nothing by default.</summary>
    /// <param name="cancellationToken">Ends the attempt.</param>
    ValueTask RecoverAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <summary>Called when a receiver checks itself: finds out whether addresses can be brought to this host at all. Does nothing by default.</summary>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="IOException">They cannot; the message says why and what helps.</exception>
    ValueTask CheckAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <summary>Called when a migration was accepted, while the workload runs on the source: slow preparations belong here.</summary>
    /// <param name="cancellationToken">Cancels the migration.</param>
    ValueTask PrepareAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Called when the workload is frozen on the source, before it is restored: from its return on, the address exists on this host (sockets can be bound
    /// to it), but packets must not reach it yet, or the kernel answers them with resets.
    /// </summary>
    /// <param name="cancellationToken">Cancels the migration.</param>
    ValueTask AcquireAsync(CancellationToken cancellationToken);

    /// <summary>Called when the sockets exist and the migration is committed: packets for the address flow to this host.</summary>
    /// <param name="cancellationToken">Bounds the time.</param>
    ValueTask AnnounceAsync(CancellationToken cancellationToken);

    /// <summary>Called when the migration failed at any time after <see cref="PrepareAsync"/> began: leaves nothing behind.</summary>
    /// <param name="cancellationToken">Bounds the time.</param>
    ValueTask AbandonAsync(CancellationToken cancellationToken);
}
