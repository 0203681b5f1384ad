using System.Net;

namespace U2CMigration.Core.Handover;

/// <summary>What is known of a migration whose address is to be brought to this host.</summary>
/// <param name="MigrationId">The identity of the migration.</param>
/// <param name="Source">The address of the source; null where it is not known.</param>
/// <param name="Moving">The addresses that the source takes away (<see cref="ISourceNetwork.Addresses"/>); none where it does not say.</param>
/// <param name="Bound">The addresses that sockets of the workload are bound to; none where the source does not say.</param>
public sealed record AddressRequest(Guid MigrationId, EndPoint? Source, IReadOnlyList<IPAddress> Moving, IReadOnlyList<IPAddress> Bound);
