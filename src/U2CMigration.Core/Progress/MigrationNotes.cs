using Microsoft.Extensions.Logging;
using U2CMigration.Core.Errors;
using U2CMigration.Core.Logging;

namespace U2CMigration.Core.Progress;

/// <summary>What a step of a migration says to the caller: warnings, which end up in the result, and the failure that ends the migration.</summary>
internal sealed class MigrationNotes(ProgressReporter progress, ILogger logger)
{
    public ILogger Logger => logger;

    public List<string> Warnings { get; } = [];

    /// <summary>Notes something worth knowing, and logs it.</summary>
    public void Warn(string warning)
    {
        Warnings.Add(warning);
        logger.Warning(warning);
    }

    /// <summary>Notes what the destination has to say although it accepts.</summary>
    public void Warn(IReadOnlyList<string> warnings)
    {
        foreach (string warning in warnings)
        {
            Warn(warning);
        }
    }

    public MigrationException Failure(string message, bool isTransient, Exception? cause = null) =>
        new(message, progress.Phase, WorkloadState.Running, isTransient, cause);
}
