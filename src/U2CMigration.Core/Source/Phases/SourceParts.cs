using U2CMigration.Core.CarriedState;
using U2CMigration.Core.Logging;
using U2CMigration.Core.Preflight;
using U2CMigration.Core.Sessions;
using U2CMigration.Core.Source.FilesInStep;
using U2CMigration.Core.WorkDirectories;
using U2CMigration.PageTracking.Trackers;
using U2CMigration.Transport.Connections;

namespace U2CMigration.Core.Source.Phases;

/// <summary>Everything that a migration has made so far, for the case that it must be undone, and for its end. Any of it may not be there yet.</summary>
internal sealed class SourceParts(SourceContext context) : IAsyncDisposable
{
    private bool _disposed;

    public SourceState Carried { get; } = new(context.Target.RootProcessId, context.Numbers, context.Options.AllowLosingProtections, context.Notes);

    public PipeSizeLimit? PipeSize { get; set; }

    public MigrationConnection? Connection { get; set; }

    public SourceDialogue? Dialogue { get; set; }

    public ClaimedDirectory? Images { get; set; }

    public FrozenTree? Tree { get; set; }

    public IPageTracker? Tracker { get; set; }

    public PageSender? Sender { get; set; }

    public TreeTracker? Memory { get; set; }

    public PreCopyRounds? Rounds { get; set; }

    public FileRounds? Files { get; set; }

    public IDisposable? JournalClaim { get; set; }

    /// <summary>Lets the workload run on here, and tells the destination.</summary>
    /// <param name="cause">Why.</param>
    /// <param name="cancellationToken">The caller's; says whether it was he who ended the migration.</param>
    /// <returns>What the caller is told.</returns>
    public async Task<Exception> UndoAsync(Exception cause, CancellationToken cancellationToken)
    {
        MigrationPhase phase = context.Progress.Phase;
        Rounds?.EndThrottling();
        bool told = Tree is { HasGivenLeases: true };
        if (told)
        {
            await DestinationEnd.TellAndWaitAsync(Connection, Dialogue, cause, context).ConfigureAwait(false);
        }

        if (Tree is not null)
        {
            await Tree.RollBackAsync().ConfigureAwait(false);
        }

        Tracker?.Dispose();
        Tracker = null;
        if (Tree is { KeepsSocketPaths: true } && !told)
        {
            await DestinationEnd.TellAndWaitAsync(Connection, Dialogue, cause, context).ConfigureAwait(false);
        }
        else if (!told)
        {
            await SourceFailure.TellDestinationAsync(Connection, cause, context).ConfigureAwait(false);
        }

        Tree?.BringBackSocketPaths();
        Exception failure = await SourceFailure.TranslateAsync(cause, Dialogue, phase, context, cancellationToken).ConfigureAwait(false);
        context.Progress.Enter(MigrationPhase.RolledBack);
        context.Logger.RolledBack(failure, context.MigrationId, phase);
        return failure;
    }

    public async ValueTask DisposeAsync()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        if (Tree is not null)
        {
            await Tree.DisposeAsync().ConfigureAwait(false);
        }

        if (Files is not null)
        {
            await Files.DisposeAsync().ConfigureAwait(false);
        }

        Rounds?.Dispose();
        Tracker?.Dispose();
        Sender?.Dispose();
        Memory?.Dispose();
        if (Connection is not null)
        {
            await Connection.DisposeAsync().ConfigureAwait(false);
        }

        if (Dialogue is not null)
        {
            await Dialogue.DisposeAsync().ConfigureAwait(false);
        }

        if (context.Network is { } network)
        {
            await network.EndAsync().ConfigureAwait(false);
        }

        JournalClaim?.Dispose();
        Carried.Dispose();
        PipeSize?.Dispose();
        Images?.Dispose();
    }
}
