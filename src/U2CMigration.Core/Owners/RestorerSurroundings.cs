using Microsoft.Extensions.Logging;

namespace U2CMigration.Core.Owners;

/// <summary>Where a restore happens.</summary>
/// <param name="MigrationId">The migration.</param>
/// <param name="Directory">A directory for root alone that is removed with the migration; what is put there should have a name of its own.</param>
/// <param name="CriuPath">The CRIU program: a path, or a name that is looked for in PATH.</param>
/// <param name="Loggers">Where to log.</param>
public sealed record RestorerSurroundings(Guid MigrationId, string Directory, string CriuPath, ILoggerFactory Loggers);
