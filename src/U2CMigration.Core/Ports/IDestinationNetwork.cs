namespace U2CMigration.Core.Handover;

/// <summary>Brings the addresses of workloads to the destination host. Serves all migrations of a receiver; what belongs to one of them is an <see cref="IArrivingAddress"/>.</summary>
/// <remarks>Implemented by orchestrators; <see cref="AddressHandover"/> serves hosts on one network segment. Several migrations may arrive at once, and call it at once.</remarks>
public interface IDestinationNetwork
{
    /// <summary>
    /// Called when a receiver starts: settles what an earlier one left that was killed in the midst of a migration. An address that waits for a workload that runs here is to be announced, any other
    /// one removed. Does nothing by default.
    /// </summary>
    /// <param name="runsHere">Whether the workload of a migration runs on this host.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    ValueTask RecoverAsync(Predicate<Guid> runsHere, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <summary>Called when a receiver checks itself: finds out whether addresses can be brought to this host at all. Does nothing by default.</summary>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="IOException">They cannot; the message says why and what helps.</exception>
    ValueTask CheckAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <summary>Called for each offer, also those that only ask: finds out whether the address of this workload can be brought here now. Finds nothing by default.</summary>
    /// <param name="request">Whose address, and which.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>Why it cannot, in a sentence that names the remedy; null where it can. The offer is refused with it.</returns>
    ValueTask<string?> FindProblemAsync(AddressRequest request, CancellationToken cancellationToken) => ValueTask.FromResult<string?>(null);

    /// <summary>Called for a migration that is about to be accepted, while the workload runs on the source: slow preparations belong here. Nothing may change for other workloads of this host.</summary>
    /// <param name="request">Whose address, and which.</param>
    /// <param name="cancellationToken">Cancels the migration.</param>
    /// <returns>The address of this migration alone.</returns>
    ValueTask<IArrivingAddress> PrepareAsync(AddressRequest request, CancellationToken cancellationToken);
}
