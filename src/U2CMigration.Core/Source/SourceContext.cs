using Microsoft.Extensions.Logging;
using U2CMigration.Core.Errors;
using U2CMigration.Core.Files;
using U2CMigration.Core.Handover;
using U2CMigration.Core.Inventory;
using U2CMigration.Core.Owners;
using U2CMigration.Core.Processes;
using U2CMigration.Core.Progress;
using U2CMigration.Core.Sessions;

namespace U2CMigration.Core.Source;

/// <summary>What every step on the source needs to know.</summary>
internal sealed class SourceContext(Guid migrationId, MigrationTarget target, MigrationSessionOptions options, ProgressReporter progress, ILoggerFactory loggers)
{
    public Guid MigrationId => migrationId;

    public MigrationTarget Target => target;

    /// <summary>What the owner of the workload says of it.</summary>
    public OwnedTree Tree { get; } = target.Tree ?? throw new InvalidOperationException("The owner of the workload was not asked for it.");

    public MigrationSessionOptions Options => options;

    /// <summary>Carries its files along; null where no one does.</summary>
    public ISourceFiles? Files => options.FilesInStep ?? Tree.Files;

    /// <summary>What takes the addresses of the workload away: its own network, or the caller's.</summary>
    public ISourceNetwork? Network => Tree.Network ?? options.Network;

    public ProgressReporter Progress => progress;

    public ILoggerFactory Loggers => loggers;

    /// <summary>What the migration says to the caller.</summary>
    public MigrationNotes Notes { get; } = new(progress, loggers.CreateLogger("U2CMigration.Session"));

    public ILogger Logger => Notes.Logger;

    public MigrationClock Clock { get; } = new(TimeProvider.System);

    public ProcessNumbers Numbers { get; } = new(target.RootProcessId);

    public List<string> Warnings => Notes.Warnings;

    /// <summary>What was found in the workload.</summary>
    public WorkloadFindings Inventory { get; } = new(InventoryOptions.Of(options, target.Tree?.Keepers));

    /// <summary>The directory of this migration's images.</summary>
    public string ImagesDirectory { get; } = Path.Combine(options.WorkDirectory, migrationId.ToString("N"));

    /// <summary>Notes something worth knowing, and logs it.</summary>
    public void Warn(string warning) => Notes.Warn(warning);

    /// <summary>Notes what the destination has to say although it accepts.</summary>
    public void Warn(IReadOnlyList<string> warnings) => Notes.Warn(warnings);

    public MigrationException Failure(string message, bool isTransient, Exception? cause = null) => Notes.Failure(message, isTransient, cause);
}
