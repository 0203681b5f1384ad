using Microsoft.Extensions.Logging;
using U2CMigration.Core.Errors;
using U2CMigration.Core.Inventory;
using U2CMigration.Core.Logging;
using U2CMigration.Core.Progress;
using U2CMigration.Core.Sessions;

namespace U2CMigration.Core.Source;

/// <summary>What every step on the source needs to know.</summary>
internal sealed class SourceContext(Guid migrationId, MigrationTarget target, MigrationSessionOptions options, ProgressReporter progress, ILoggerFactory loggers)
{
    public Guid MigrationId => migrationId;

    public MigrationTarget Target => target;

    public MigrationSessionOptions Options => options;

    public ProgressReporter Progress => progress;

    public ILoggerFactory Loggers => loggers;

    public ILogger Logger { get; } = loggers.CreateLogger("U2CMigration.Session");

    public MigrationClock Clock { get; } = new(TimeProvider.System);

    public ProcessNumbers Numbers { get; } = new(target.RootProcessId);

    public List<string> Warnings { get; } = [];

    /// <summary>What was found in the workload.</summary>
    public WorkloadFindings Inventory { get; } = new(InventoryOptions.Of(options));

    /// <summary>The directory of this migration's images.</summary>
    public string ImagesDirectory { get; } = Path.Combine(options.WorkDirectory, migrationId.ToString("N"));

    /// <summary>Notes something worth knowing, and logs it.</summary>
    public void Warn(string warning)
    {
        Warnings.Add(warning);
        Logger.Warning(warning);
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
