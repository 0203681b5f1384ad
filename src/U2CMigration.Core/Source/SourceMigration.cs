using U2CMigration.Core.Committing;
using U2CMigration.Core.Convergence;
using U2CMigration.Core.Errors;
using U2CMigration.Core.Freezing;
using U2CMigration.Core.Logging;
using U2CMigration.Core.Preflight;
using U2CMigration.Core.Processes;
using U2CMigration.Core.Records;
using U2CMigration.Core.Results;
using U2CMigration.Core.Sessions;
using U2CMigration.Core.Settlement;
using U2CMigration.Core.Source.FilesInStep;
using U2CMigration.Core.Source.Phases;
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
using U2CMigration.Transport;
using U2CMigration.Transport.Codec;
using U2CMigration.Transport.Connections;
using U2CMigration.Transport.Frames;
using U2CMigration.Transport.Messages;

namespace U2CMigration.Core.Source;

/// <summary>One migration as the source lives it, from pre-flight to release.</summary>
internal sealed class SourceMigration(SourceContext context) : IAsyncDisposable
{
    private static readonly TimeSpan ReleaseTimeout = TimeSpan.FromMinutes(2);

    private readonly SourceParts _parts = new(context);
    private readonly LastLook _lastLook = new(context);
    private CommittedSource? _committed;

    /// <summary>Whether the outcome is unknown: the tree stays frozen until it is settled.</summary>
    public bool IsInDoubt { get; private set; }

    /// <summary>Migrates. Everything that fails before the commit leaves the workload running here.</summary>
    public async Task<MigrationResult> RunAsync(CancellationToken cancellationToken)
    {
        HeldSource held;
        try
        {
            held = await MoveAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            throw await _parts.UndoAsync(e, cancellationToken).ConfigureAwait(false);
        }

        context.Progress.Enter(MigrationPhase.Committing);
        var release = new SourceRelease(context, held.Attached.Tracker, held.Link.Connection, held.Link.Dialogue, held.Tree, held.Stop.HeldPages);
        (CommittedSource committed, Resumed resumed) = await CommitAsync(held, release).ConfigureAwait(false);
        _parts.Files?.Commit();
        return await ReleaseAsync(committed, release, resumed).ConfigureAwait(false);
    }

    /// <summary>Settles a migration in doubt by what the destination says.</summary>
    public async Task<MigrationSettlement> ResolveAsync(CancellationToken cancellationToken)
    {
        (HeldSource held, SourceCommit commit) = _committed ?? throw new InvalidOperationException("Nothing was committed, so there is nothing to settle.");

        // A destination that has committed may wait for file locks that the frozen tree holds.
        Func<Task> onCommitted = held.Stop.PendingLocks.Count > 0 ? held.Tree.KillAsync : static () => Task.CompletedTask;
        DestinationVerdict verdict = await DestinationInquiry.AskAsync(
            stop => SourceConnection.OpenAsync(context, stop), context.MigrationId, commit, onCommitted, cancellationToken).ConfigureAwait(false);
        if (verdict == DestinationVerdict.NotKnown)
        {
            throw SettlementWords.NotKnown(EndpointText.Of(context.Options.Destination), context.MigrationId);
        }

        bool wasKilled = held.Tree.IsKilled;
        await commit.SettleAsync(verdict).ConfigureAwait(false);
        IsInDoubt = false;
        if (verdict == DestinationVerdict.Runs)
        {
            _parts.Files?.Commit();
            await SourceRelease.RemoveFromOwnerAsync(context).ConfigureAwait(false);
            context.Progress.Enter(MigrationPhase.Completed);
            return MigrationSettlement.Moved;
        }

        if (wasKilled)
        {
            throw LockRelease.Lost("The destination says that it does not run the workload.", held.Stop.PendingLocks);
        }

        context.Progress.Enter(MigrationPhase.RolledBack);
        return MigrationSettlement.RolledBack;
    }

    public ValueTask DisposeAsync() => _parts.DisposeAsync();

    /// <summary>Until the destination holds the restored workload.</summary>
    private async Task<HeldSource> MoveAsync(CancellationToken cancellationToken)
    {
        context.Progress.Enter(MigrationPhase.Preflight);
        (IReadOnlyList<int> processes, TreeMemory memory, CriuVersion version) =
            await SourcePreflight.CheckAsync(context, KernelFeatures.Probe(), cancellationToken).ConfigureAwait(false);
        if (await _parts.Carried.AskAsync(processes).ConfigureAwait(false) is { Count: > 0 } lost)
        {
            throw new MigrationPreflightException(lost);
        }

        _parts.PipeSize = PipeSizeLimit.Raise();
        if (context.Network is { } network)
        {
            await network.ReadyAsync(cancellationToken).ConfigureAwait(false);
        }

        context.Progress.Enter(MigrationPhase.Connecting);
        ConnectedSource link = await ConnectAsync(processes, memory, version, cancellationToken).ConfigureAwait(false);

        // From here on the destination's giving up cancels what continues, and so does a failure of the files.
        FileRounds? files = _parts.Files = await FileRounds.BeginAsync(context, link, cancellationToken).ConfigureAwait(false);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, link.Dialogue.Ended, files?.Failed ?? CancellationToken.None);
        try
        {
            return await CopyAsync(link, memory, version, linked.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException && !cancellationToken.IsCancellationRequested)
        {
            // What failed first: a stream that broke says less than the connection that it was on.
            if ((link.Dialogue.Failure ?? e.InnerException as TransportException ?? (e is OperationCanceledException ? files?.Failure : null)) is { } cause)
            {
                throw cause;
            }

            throw;
        }
    }

    /// <summary>All rounds, and the freeze.</summary>
    private async Task<HeldSource> CopyAsync(ConnectedSource link, TreeMemory memory, CriuVersion version, CancellationToken cancellationToken)
    {
        context.Progress.Enter(MigrationPhase.Attaching);
        context.Clock.Restart();
        AttachedSource attached = await AttachAsync(link, memory, version, cancellationToken).ConfigureAwait(false);
        _parts.Files?.Start();
        PageSet pending = await PreCopyAsync(attached, cancellationToken).ConfigureAwait(false);

        using var frozen = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        frozen.CancelAfter(context.Options.FreezeTimeout);
        link.Connection.PeerTimeout = context.Options.SilenceTimeout;
        context.Progress.Enter(MigrationPhase.StopAndCopy);
        var stop = new StopAndCopy(context, attached.Memory, attached.Sender, link.Connection, link.Dialogue, attached.Tree, _parts.Carried, _parts.Files);
        await stop.RunAsync(attached.Rounds, pending, frozen.Token).ConfigureAwait(false);
        link.Dialogue.BeginCommitting();
        return new HeldSource(attached, stop);
    }

    private async Task<ConnectedSource> ConnectAsync(IReadOnlyList<int> processes, TreeMemory memory, CriuVersion version, CancellationToken cancellationToken)
    {
        MigrationConnection connection = _parts.Connection = await SourceConnection.OpenAsync(context, cancellationToken).ConfigureAwait(false);
        if ((connection.Features & ProtocolFeatures.LedgerIdentity) == 0)
        {
            throw new MigrationPreflightException([$"The receiver at {connection.Peer} is of an older release, which could not say for certain what became of a migration that was interrupted. Update it."]);
        }

        if (context.Tree.Description is { } description && (connection.Features & ProtocolFeatures.OwnedTrees) == 0)
        {
            throw new MigrationPreflightException([$"The receiver at {connection.Peer} is of an older release, which does not know the containers of {description.Kind}. Update it."]);
        }

        if (context.Files is not null && (connection.Features & ProtocolFeatures.FilesInStep) == 0)
        {
            throw new MigrationPreflightException([SourceOffer.NoFilesThere(connection.Peer)]);
        }

        if (context.Tree.Network is not null && (connection.Features & ProtocolFeatures.OwnNetworks) == 0)
        {
            throw new MigrationPreflightException([$"The receiver at {connection.Peer} is of an older release, which cannot take containers with a network of their own. Update it."]);
        }

        SourceDialogue dialogue = _parts.Dialogue = new SourceDialogue(connection);
        await SourceOffer.SendAsync(connection, context, processes, memory, version, isCheck: false, cancellationToken).ConfigureAwait(false);
        MigrationMessage answer = await dialogue.NextAsync(cancellationToken).ConfigureAwait(false);
        if (answer is Refuse refuse)
        {
            throw new DestinationRefusedException(refuse);
        }

        Accept accept = answer as Accept ?? throw SourceDialogue.Unexpected(nameof(Accept), answer);
        context.Warn(accept.Warnings);
        LedgerIdentity ledger = accept.Ledger ?? throw SourceDialogue.Unexpected("an acceptance that names the ledger of the destination", accept);
        return new ConnectedSource(connection, dialogue, ledger);
    }

    private async Task<AttachedSource> AttachAsync(ConnectedSource link, TreeMemory memory, CriuVersion version, CancellationToken cancellationToken)
    {
        int root = context.Target.RootProcessId;
        _parts.Images = ClaimedDirectory.Create(context.ImagesDirectory);
        var options = new LazyDumpOptions
        {
            Worker = CriuPreflight.WorkerOptions(context.Options.Criu),
            HidesMemory = processId => HiddenMemory.CanHide(_parts.Tracker, processId),
            OmitsContent = path => _parts.Memory?.Carries(path) == true,
            HasContentToOmit = () => _parts.Memory?.CarriesContent == true,
        };
        ITreeFreezer freezer = FreezerDetection.For(root, context.Warnings.Add);
        FrozenTree tree = _parts.Tree = new FrozenTree(context, freezer, () => LazyDump.Prepare(options, context.Loggers), () => _parts.Memory?.External ?? [], version);
        IPageTracker tracker = _parts.Tracker = await Task.Run(() => PageTrackers.Create(context.Options.Tracker, root, context.Loggers), cancellationToken).ConfigureAwait(false);
        context.Warnings.AddRange((tracker as MixedTracker)?.Unentered.Select(static process => $"Process {process.ProcessId} is tracked by {process.TrackedBy}. {process.Reason}") ?? []);
        await tree.TakeMappingsAsync(tracker.ProcessIds, cancellationToken).ConfigureAwait(false);
        IMigrationStrategy strategy = context.Options.Strategy();
        PageCodec? codec = SourceCodec.Create(context, strategy, link.Connection, memory);
        SharedObjectTracker? objects = SharedMemory.CanTravelAsPages(context, link.Connection, version) ? new SharedObjectTracker(tracker, context.Loggers) : null;
        PageSender sender = _parts.Sender = new PageSender(link.Connection, context.Numbers, codec, tracker as ICopyObserver, objects);
        TreeTracker tracked = _parts.Memory = new TreeTracker(tracker, objects, sender);
        await Task.Run(() => objects?.Find(tracker.ProcessIds), cancellationToken).ConfigureAwait(false);
        if (SharedMemory.Warning(memory, tracked.CarriedBytes) is { } warning)
        {
            context.Warnings.Add(warning);
        }

        PreCopyRounds rounds = _parts.Rounds = new PreCopyRounds(
            context, tracked, strategy, sender, link.Connection, link.Dialogue, new LearnedDowntimes(context.Options.WorkDirectory).Find(NameOf(link)), _parts.Files, stop => ReadyAsync(tracker, tree, stop));
        context.Logger.MigrationStarted(context.MigrationId, context.Target, link.Connection.Peer, strategy.Name, tracker.Name, freezer.Name);
        foreach (string known in context.Warnings)
        {
            context.Logger.Warning(known);
        }

        return new AttachedSource(link, tracker, tracked, sender, tree, rounds, strategy.Name);
    }

    /// <summary>Does what is left to do before a freeze.</summary>
    private async Task ReadyAsync(IPageTracker tracker, FrozenTree tree, CancellationToken cancellationToken)
    {
        await _lastLook.TakeAsync(tracker.ProcessIds, cancellationToken).ConfigureAwait(false);
        if (await context.Target.Owner.FindProblemsAsync(cancellationToken).ConfigureAwait(false) is { Count: > 0 } problems)
        {
            throw context.Failure($"Since the migration has begun something has come that cannot move; the workload was not frozen. {string.Join(' ', problems)}", isTransient: false);
        }

        await tree.ReadyAsync(tracker.ProcessIds, cancellationToken).ConfigureAwait(false);
        await _parts.Carried.AskAgainAsync(tracker.ProcessIds, tree.MappingsOf).ConfigureAwait(false);
    }

    private async Task<PageSet> PreCopyAsync(AttachedSource attached, CancellationToken cancellationToken)
    {
        context.Progress.Enter(MigrationPhase.PreCopy);
        var pending = new PageSet();
        await attached.Rounds.RunAsync(pending, cancellationToken).ConfigureAwait(false);
        context.Progress.Enter(MigrationPhase.Freezing);
        return pending;
    }

    private async Task<(CommittedSource Source, Resumed Resumed)> CommitAsync(HeldSource held, SourceRelease release)
    {
        (MigrationConnection connection, SourceDialogue dialogue, LedgerIdentity ledger) = held.Link;
        StopAndCopy stop = held.Stop;
        using var timeout = new CancellationTokenSource(context.Options.CommitTimeout);
        var journal = new JournalFiles(context.Options.WorkDirectory);
        try
        {
            _parts.JournalClaim = journal.TryClaim(context.MigrationId);
            _committed = new CommittedSource(held, SourceCommit.Begin(journal, held.Tree.Describe(ledger), held.Tree));
            DowntimeTimeline timeline = stop.Timeline;
            timeline.Committed = MigrationClock.Since(stop.FreezeTimestamp);
            await connection.SendAsync(new Commit(), timeout.Token).ConfigureAwait(false);
            if (stop.PendingLocks.Count > 0)
            {
                await dialogue.ExpectAsync<Committed>(timeout.Token).ConfigureAwait(false);
                timeout.CancelAfter(ReleaseTimeout);
                await LockRelease.RunAsync(release, connection, held.Tree, timeout.Token).ConfigureAwait(false);
            }

            Resumed resumed = await dialogue.ExpectAsync<Resumed>(timeout.Token).ConfigureAwait(false);
            held.Attached.Link.Connection.PeerTimeout = MigrationConnectionOptions.DefaultPeerTimeout;
            timeline.HeardOfResume = MigrationClock.Since(stop.FreezeTimestamp);
            return (_committed, resumed);
        }
        catch (Exception e) when (held.Tree.IsKilled)
        {
            IsInDoubt = e is not DestinationAbortedException;
            if (IsInDoubt)
            {
                context.Progress.Enter(MigrationPhase.InDoubt);
            }

            throw LockRelease.Failure(e, connection.Peer, stop.PendingLocks);
        }
        catch (DestinationAbortedException e)
        {
            // Its word that it could not resume and that nothing of it is left: the one case in which the source may thaw after the commit.
            Exception failure = await _parts.UndoAsync(e, CancellationToken.None).ConfigureAwait(false);
            if (_committed is { } committed)
            {
                await committed.Commit.SettleAsync(DestinationVerdict.DoesNotRun).ConfigureAwait(false);
            }

            throw failure;
        }
        catch (Exception e) when (_committed is null)
        {
            // The journal cannot be written, or the tree cannot be held for good: nothing was committed. Not before the tree runs again may the entry be gone.
            Exception failure = await _parts.UndoAsync(e, CancellationToken.None).ConfigureAwait(false);
            journal.Remove(context.MigrationId);
            throw failure;
        }
        catch (Exception e)
        {
            IsInDoubt = true;
            context.Progress.Enter(MigrationPhase.InDoubt);
            context.Logger.InDoubt(e, context.MigrationId);
            string what = timeout.IsCancellationRequested
                ? $"The destination {connection.Peer} did not confirm within {context.Options.CommitTimeout.TotalSeconds:0.#} s that it runs the workload."
                : $"The connection to the destination {connection.Peer} broke after the commit, before it confirmed that it runs the workload ({e.Message.TrimEnd('.')}).";
            throw new MigrationException(
                what,
                MigrationPhase.Committing,
                WorkloadState.Frozen,
                isTransient: false,
                e);
        }
    }

    private async Task<MigrationResult> ReleaseAsync(CommittedSource committed, SourceRelease release, Resumed resumed)
    {
        (HeldSource held, SourceCommit commit) = committed;
        context.Progress.Enter(MigrationPhase.Releasing);
        using var timeout = new CancellationTokenSource(ReleaseTimeout);
        await release.RunAsync(timeout.Token).ConfigureAwait(false);
        await commit.SettleAsync(DestinationVerdict.Runs).ConfigureAwait(false);
        IReadOnlyList<GivenUpConnections> givenUp = GivenUp.Count(held.Stop.Carried.Waiting.Concat(held.Tree.WaitingAtEnd), context.Notes);
        context.Progress.Enter(MigrationPhase.Completed);
        MigrationResult result = SourceReport.Create(context, held, release, resumed, givenUp);
        Learn(held, result);
        context.Logger.MigrationCompleted(context.MigrationId, result.Downtime.TotalMilliseconds, result.WireBytes, result.Rounds.Count);
        return result;
    }

    /// <summary>By what a destination is known again.</summary>
    private string NameOf(ConnectedSource link) => $"{link.Ledger.HostId:N}/{context.Tree.Description?.Kind}";

    private void Learn(HeldSource held, MigrationResult result)
    {
        try
        {
            DowntimeBreakdown parts = result.DowntimeBreakdown;
            TimeSpan copying = parts.DumpAndTail > parts.Dump ? parts.DumpAndTail - parts.Dump : TimeSpan.Zero;
            new LearnedDowntimes(context.Options.WorkDirectory).Note(NameOf(held.Link), held.Attached.Rounds.ExpectedParts, result.Downtime - copying);
        }
        catch (IOException e)
        {
            context.Logger.DowntimeNotLearned(e);
        }
    }
}
