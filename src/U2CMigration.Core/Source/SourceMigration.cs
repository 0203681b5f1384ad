using U2CMigration.Core.CarriedState;
using U2CMigration.Core.Committing;
using U2CMigration.Core.Errors;
using U2CMigration.Core.Freezing;
using U2CMigration.Core.Logging;
using U2CMigration.Core.Preflight;
using U2CMigration.Core.Processes;
using U2CMigration.Core.Records;
using U2CMigration.Core.Results;
using U2CMigration.Core.Sessions;
using U2CMigration.Core.Settlement;
using U2CMigration.Core.WaitingConnections;
using U2CMigration.Core.WorkDirectories;
using U2CMigration.Criu.Rpc;
using U2CMigration.Criu.Versions;
using U2CMigration.PageTracking.Features;
using U2CMigration.PageTracking.Mixed;
using U2CMigration.PageTracking.Pages;
using U2CMigration.PageTracking.SharedObjects;
using U2CMigration.PageTracking.Trackers;
using U2CMigration.Strategy.Strategies;
using U2CMigration.Transport.Codec;
using U2CMigration.Transport.Connections;
using U2CMigration.Transport.Frames;
using U2CMigration.Transport.Messages;

namespace U2CMigration.Core.Source;

/// <summary>One migration as the source lives it, from pre-flight to release.</summary>
internal sealed class SourceMigration(SourceContext context) : IAsyncDisposable
{
    private static readonly TimeSpan ReleaseTimeout = TimeSpan.FromMinutes(2);

    private readonly SourceState _carried = new(context.Target.RootProcessId, context.Numbers, context.Options.AllowLosingProtections, context.Notes);
    private readonly LastLook _lastLook = new(context);
    private PipeSizeLimit? _pipeSize;
    private ClaimedDirectory? _images;
    private MigrationConnection? _connection;
    private SourceDialogue? _dialogue;
    private IPageTracker? _tracker;
    private TreeTracker? _memory;
    private PageSender? _sender;
    private FrozenTree? _tree;
    private PreCopyRounds? _rounds;
    private StopAndCopy? _stopAndCopy;
    private SourceRelease? _release;
    private SourceCommit? _commit;
    private IDisposable? _journalClaim;
    private LedgerIdentity _ledger;
    private string _strategyName = string.Empty;
    private bool _disposed;

    /// <summary>Whether the outcome is unknown: the tree stays frozen until it is settled.</summary>
    public bool IsInDoubt { get; private set; }

    /// <summary>Migrates. Everything that fails before the commit leaves the workload running here.</summary>
    public async Task<MigrationResult> RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            await MoveAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            throw await UndoAsync(e, cancellationToken).ConfigureAwait(false);
        }

        Resumed resumed = await CommitAsync().ConfigureAwait(false);
        return await ReleaseAsync(resumed).ConfigureAwait(false);
    }

    /// <summary>Settles a migration in doubt by what the destination says.</summary>
    public async Task<MigrationSettlement> ResolveAsync(CancellationToken cancellationToken)
    {
        // A destination that has committed may wait for file locks that the frozen tree holds.
        Func<Task> onCommitted = _stopAndCopy!.PendingLocks.Count > 0 ? _tree!.KillAsync : static () => Task.CompletedTask;
        DestinationVerdict verdict = await DestinationInquiry.AskAsync(
            stop => SourceConnection.OpenAsync(context, stop), context.MigrationId, _commit!, onCommitted, cancellationToken).ConfigureAwait(false);
        if (verdict == DestinationVerdict.NotKnown)
        {
            throw SettlementWords.NotKnown(EndpointText.Of(context.Options.Destination), context.MigrationId);
        }

        bool wasKilled = _tree!.IsKilled;
        await _commit!.SettleAsync(verdict).ConfigureAwait(false);
        IsInDoubt = false;
        if (verdict == DestinationVerdict.Runs)
        {
            context.Progress.Enter(MigrationPhase.Completed);
            return MigrationSettlement.Moved;
        }

        if (wasKilled)
        {
            throw LockRelease.Lost("The destination says that it does not run the workload.", _stopAndCopy.PendingLocks);
        }

        context.Progress.Enter(MigrationPhase.RolledBack);
        return MigrationSettlement.RolledBack;
    }

    public async ValueTask DisposeAsync()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        if (_tree is not null)
        {
            await _tree.DisposeAsync().ConfigureAwait(false);
        }

        _rounds?.Dispose();
        _tracker?.Dispose();
        _sender?.Dispose();
        _memory?.Dispose();
        if (_connection is not null)
        {
            await _connection.DisposeAsync().ConfigureAwait(false);
        }

        if (_dialogue is not null)
        {
            await _dialogue.DisposeAsync().ConfigureAwait(false);
        }

        if (context.Options.Network is { } network)
        {
            await network.EndAsync().ConfigureAwait(false);
        }

        _journalClaim?.Dispose();
        _carried.Dispose();
        _pipeSize?.Dispose();
        _images?.Dispose();
    }

    private async Task MoveAsync(CancellationToken cancellationToken)
    {
        context.Progress.Enter(MigrationPhase.Preflight);
        (IReadOnlyList<int> processes, TreeMemory memory, CriuVersion version) =
            await SourcePreflight.CheckAsync(context, KernelFeatures.Probe(), cancellationToken).ConfigureAwait(false);
        if (await _carried.AskAsync(processes).ConfigureAwait(false) is { Count: > 0 } lost)
        {
            throw new MigrationPreflightException(lost);
        }

        _pipeSize = PipeSizeLimit.Raise();
        if (context.Options.Network is { } network)
        {
            await network.ReadyAsync(cancellationToken).ConfigureAwait(false);
        }

        context.Progress.Enter(MigrationPhase.Connecting);
        await ConnectAsync(processes, memory, version, cancellationToken).ConfigureAwait(false);

        // From here on the destination's giving up cancels what continues.
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _dialogue!.Ended);
        context.Progress.Enter(MigrationPhase.Attaching);
        context.Clock.Restart();
        await PrepareDumpAsync(memory, version, linked.Token).ConfigureAwait(false);
        PageSet pending = await PreCopyAsync(linked.Token).ConfigureAwait(false);

        using var frozen = CancellationTokenSource.CreateLinkedTokenSource(linked.Token);
        frozen.CancelAfter(context.Options.FreezeTimeout);
        context.Progress.Enter(MigrationPhase.StopAndCopy);
        _stopAndCopy = new StopAndCopy(context, _memory!, _sender!, _connection!, _dialogue, _tree!, _carried);
        await _stopAndCopy.RunAsync(_rounds!, pending, frozen.Token).ConfigureAwait(false);
        _dialogue.BeginCommitting();
    }

    private async Task ConnectAsync(IReadOnlyList<int> processes, TreeMemory memory, CriuVersion version, CancellationToken cancellationToken)
    {
        _connection = await SourceConnection.OpenAsync(context, cancellationToken).ConfigureAwait(false);
        if ((_connection.Features & ProtocolFeatures.LedgerIdentity) == 0)
        {
            throw new MigrationPreflightException([$"The receiver at {_connection.Peer} is of an older release, which could not say for certain what became of a migration that was interrupted. Update it."]);
        }

        _dialogue = new SourceDialogue(_connection);
        await SourceOffer.SendAsync(_connection, context, processes, memory, version, isCheck: false, cancellationToken).ConfigureAwait(false);
        switch (await _dialogue.NextAsync(cancellationToken).ConfigureAwait(false))
        {
            case Accept accept:
                context.Warn(accept.Warnings);
                _ledger = accept.Ledger ?? throw SourceDialogue.Unexpected("an acceptance that names the ledger of the destination", accept);
                return;
            case Refuse refuse:
                throw new DestinationRefusedException(refuse);
            case { } other:
                throw SourceDialogue.Unexpected(nameof(Accept), other);
        }
    }

    private async Task PrepareDumpAsync(TreeMemory memory, CriuVersion version, CancellationToken cancellationToken)
    {
        int root = context.Target.RootProcessId;
        _images = ClaimedDirectory.Create(context.ImagesDirectory);
        var options = new LazyDumpOptions
        {
            Worker = CriuPreflight.WorkerOptions(context.Options.Criu),
            HidesMemory = processId => HiddenMemory.CanHide(_tracker, processId),
            OmitsContent = path => _memory?.Carries(path) == true,
            HasContentToOmit = () => _memory?.CarriesContent == true,
        };
        ITreeFreezer freezer = FreezerDetection.For(root, context.Warnings.Add);
        _tree = new FrozenTree(context, freezer, () => LazyDump.Prepare(options, context.Loggers), () => _memory?.External ?? [], version);
        _tracker = await Task.Run(() => PageTrackers.Create(context.Options.Tracker, root, context.Loggers), cancellationToken).ConfigureAwait(false);
        context.Warnings.AddRange((_tracker as MixedTracker)?.Unentered.Select(static process => $"Process {process.ProcessId} is tracked by {process.TrackedBy}. {process.Reason}") ?? []);
        await _tree.TakeMappingsAsync(_tracker.ProcessIds, cancellationToken).ConfigureAwait(false);
        IMigrationStrategy strategy = context.Options.Strategy();
        PageCodec? codec = SourceCodec.Create(context, strategy, _connection!, memory);
        SharedObjectTracker? objects = SharedMemory.CanTravelAsPages(context, _connection!, version) ? new SharedObjectTracker(_tracker, context.Loggers) : null;
        _sender = new PageSender(_connection!, context.Numbers, codec, _tracker as ICopyObserver, objects);
        _memory = new TreeTracker(_tracker, objects, _sender);
        await Task.Run(() => objects?.Find(_tracker.ProcessIds), cancellationToken).ConfigureAwait(false);
        if (SharedMemory.Warning(memory, _memory.CarriedBytes) is { } warning)
        {
            context.Warnings.Add(warning);
        }

        _strategyName = strategy.Name;
        _rounds = new PreCopyRounds(context, _memory, strategy, _sender, _connection!, _dialogue!, ReadyAsync);
        context.Logger.MigrationStarted(context.MigrationId, context.Target, _connection!.Peer, strategy.Name, _tracker.Name, freezer.Name);
        foreach (string known in context.Warnings)
        {
            context.Logger.Warning(known);
        }
    }

    /// <summary>Does what is left to do before a freeze.</summary>
    private async Task ReadyAsync(CancellationToken cancellationToken)
    {
        await _lastLook.TakeAsync(_tracker!.ProcessIds, cancellationToken).ConfigureAwait(false);
        await _tree!.ReadyAsync(_tracker.ProcessIds, cancellationToken).ConfigureAwait(false);
        await _carried.AskAgainAsync(_tracker.ProcessIds, _tree.MappingsOf).ConfigureAwait(false);
    }

    private async Task<PageSet> PreCopyAsync(CancellationToken cancellationToken)
    {
        context.Progress.Enter(MigrationPhase.PreCopy);
        var pending = new PageSet();
        await _rounds!.RunAsync(pending, cancellationToken).ConfigureAwait(false);
        context.Progress.Enter(MigrationPhase.Freezing);
        return pending;
    }

    private async Task<Exception> UndoAsync(Exception cause, CancellationToken cancellationToken)
    {
        MigrationPhase phase = context.Progress.Phase;
        _rounds?.EndThrottling();
        bool told = _tree is { HasGivenLeases: true };
        if (told)
        {
            await DestinationEnd.TellAndWaitAsync(_connection, _dialogue, cause, context).ConfigureAwait(false);
        }

        if (_tree is not null)
        {
            await _tree.RollBackAsync().ConfigureAwait(false);
        }

        _tracker?.Dispose();
        _tracker = null;
        if (_tree is { KeepsSocketPaths: true } && !told)
        {
            await DestinationEnd.TellAndWaitAsync(_connection, _dialogue, cause, context).ConfigureAwait(false);
        }
        else if (!told)
        {
            await SourceFailure.TellDestinationAsync(_connection, cause, context).ConfigureAwait(false);
        }

        _tree?.BringBackSocketPaths();
        Exception failure = await SourceFailure.TranslateAsync(cause, _dialogue, phase, context, cancellationToken).ConfigureAwait(false);
        context.Progress.Enter(MigrationPhase.RolledBack);
        context.Logger.RolledBack(failure, context.MigrationId, phase);
        return failure;
    }

    private async Task<Resumed> CommitAsync()
    {
        context.Progress.Enter(MigrationPhase.Committing);
        _release = new SourceRelease(context, _tracker!, _connection!, _dialogue!, _tree!, _stopAndCopy!.HeldPages);
        using var timeout = new CancellationTokenSource(context.Options.CommitTimeout);
        try
        {
            var journal = new JournalFiles(context.Options.WorkDirectory);
            _journalClaim = journal.TryClaim(context.MigrationId);
            _commit = SourceCommit.Begin(journal, _tree!.Describe(_ledger), _tree);
            DowntimeTimeline timeline = _stopAndCopy!.Timeline;
            timeline.Committed = MigrationClock.Since(_stopAndCopy.FreezeTimestamp);
            await _connection!.SendAsync(new Commit(), timeout.Token).ConfigureAwait(false);
            if (_stopAndCopy!.PendingLocks.Count > 0)
            {
                await _dialogue!.ExpectAsync<Committed>(timeout.Token).ConfigureAwait(false);
                timeout.CancelAfter(ReleaseTimeout);
                await LockRelease.RunAsync(_release!, _connection, _tree, timeout.Token).ConfigureAwait(false);
            }

            Resumed resumed = await _dialogue!.ExpectAsync<Resumed>(timeout.Token).ConfigureAwait(false);
            timeline.HeardOfResume = MigrationClock.Since(_stopAndCopy.FreezeTimestamp);
            return resumed;
        }
        catch (Exception e) when (_tree!.IsKilled)
        {
            IsInDoubt = e is not DestinationAbortedException;
            if (IsInDoubt)
            {
                context.Progress.Enter(MigrationPhase.InDoubt);
            }

            throw LockRelease.Failure(e, _connection!.Peer, _stopAndCopy!.PendingLocks);
        }
        catch (DestinationAbortedException e)
        {
            // Its word that it could not resume and that nothing of it is left: the one case in which the source may thaw after the commit.
            Exception failure = await UndoAsync(e, CancellationToken.None).ConfigureAwait(false);
            await _commit!.SettleAsync(DestinationVerdict.DoesNotRun).ConfigureAwait(false);
            throw failure;
        }
        catch (IOException e) when (_commit is null)
        {
            // The journal cannot be written, so nothing was committed.
            throw await UndoAsync(e, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            IsInDoubt = true;
            context.Progress.Enter(MigrationPhase.InDoubt);
            context.Logger.InDoubt(e, context.MigrationId);
            string what = timeout.IsCancellationRequested
                ? $"The destination {_connection!.Peer} did not confirm within {context.Options.CommitTimeout.TotalSeconds:0.#} s that it runs the workload."
                : $"The connection to the destination {_connection!.Peer} broke after the commit, before it confirmed that it runs the workload ({e.Message.TrimEnd('.')}).";
            throw new MigrationException(
                what,
                MigrationPhase.Committing,
                WorkloadState.Frozen,
                isTransient: false,
                e);
        }
    }

    private async Task<MigrationResult> ReleaseAsync(Resumed resumed)
    {
        context.Progress.Enter(MigrationPhase.Releasing);
        SourceRelease release = _release!;
        using var timeout = new CancellationTokenSource(ReleaseTimeout);
        await release.RunAsync(timeout.Token).ConfigureAwait(false);
        await _commit!.SettleAsync(DestinationVerdict.Runs).ConfigureAwait(false);
        IReadOnlyList<GivenUpConnections> givenUp = GivenUp.Count(_stopAndCopy!.Carried.Waiting.Concat(_tree!.WaitingAtEnd), context.Notes);
        context.Progress.Enter(MigrationPhase.Completed);
        MigrationResult result = SourceReport.Create(
            context, _strategyName, _tracker!.Name, _rounds!, _stopAndCopy, release, resumed, _connection!.Statistics.WireBytesSent, _sender!, givenUp);
        context.Logger.MigrationCompleted(context.MigrationId, result.Downtime.TotalMilliseconds, result.WireBytes, result.Rounds.Count);
        return result;
    }
}
