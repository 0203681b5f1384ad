using System.Net;

namespace U2CMigration.Core.Receiving;

/// <summary>A migration that a source offers.</summary>
/// <param name="MigrationId">The identity of the migration.</param>
/// <param name="Source">The address of the source.</param>
/// <param name="RootProcessId">The process at the root of the tree.</param>
/// <param name="MemoryBytes">The resident bytes of the tree when it was offered.</param>
public sealed record IncomingMigration(Guid MigrationId, EndPoint? Source, int RootProcessId, long MemoryBytes);
