using U2CMigration.Transport.Connections;
using U2CMigration.Transport.Messages;

namespace U2CMigration.Core.Source.Phases;

/// <summary>A source whose migration the destination has accepted.</summary>
/// <param name="Connection">The connection.</param>
/// <param name="Dialogue">What is heard on it.</param>
/// <param name="Ledger">The ledger of the destination, which alone can say later what became of the workload.</param>
internal sealed record ConnectedSource(MigrationConnection Connection, SourceDialogue Dialogue, LedgerIdentity Ledger);
