namespace U2CMigration.Core.Handover;

/// <summary>The address of one workload on its way to the destination host, made by <see cref="IDestinationNetwork.PrepareAsync"/>. One call at a time.</summary>
public interface IArrivingAddress
{
    /// <summary>
    /// Called when the workload is frozen on the source and its images are here: from its return on, the address exists on this host (sockets can be bound to it), but packets must not reach it
    /// yet, or the kernel answers them with resets.
    /// </summary>
    /// <param name="cancellationToken">Cancels the migration.</param>
    ValueTask AcquireAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Called when the sockets exist and the migration is committed: packets for the address flow to this host. When it fails the workload runs here all the same, and it is called again, some
    /// seconds apart, until it succeeds.
    /// </summary>
    /// <param name="cancellationToken">Bounds the time.</param>
    ValueTask AnnounceAsync(CancellationToken cancellationToken);

    /// <summary>Called when the migration failed at any time: leaves nothing behind of what this object has done, and touches nothing else.</summary>
    /// <param name="cancellationToken">Bounds the time.</param>
    ValueTask AbandonAsync(CancellationToken cancellationToken);
}
