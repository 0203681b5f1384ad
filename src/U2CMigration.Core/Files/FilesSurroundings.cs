using System.IO.Pipelines;
using Microsoft.Extensions.Logging;

namespace U2CMigration.Core.Files;

/// <summary>What those who carry files get of a migration.</summary>
public sealed class FilesSurroundings
{
    /// <summary>The migration, the same on both hosts.</summary>
    public required Guid MigrationId { get; init; }

    /// <summary>
    /// A stream of bytes to the other half, over the connection of the migration: with its encryption, its limit of bandwidth and its end. It is bounded: a half that does not read holds up the one that writes.
    /// Who needs none leaves it alone. It is not to be completed.
    /// </summary>
    public required IDuplexPipe Stream { get; init; }

    /// <summary>The processes of the workload as they are now, on the source; none on the destination.</summary>
    /// <value>Default: none.</value>
    public Func<IReadOnlyCollection<int>> Processes { get; init; } = static () => [];

    /// <summary>Where to log.</summary>
    public required ILoggerFactory Loggers { get; init; }
}
