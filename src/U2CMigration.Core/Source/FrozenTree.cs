using U2CMigration.Core.Committing;
using U2CMigration.Core.ConnectionLocks;
using U2CMigration.Core.Errors;
using U2CMigration.Core.FileLocks;
using U2CMigration.Core.Freezing;
using U2CMigration.Core.Handover;
using U2CMigration.Core.InnerConnections;
using U2CMigration.Core.Interop;
using U2CMigration.Core.Logging;
using U2CMigration.Core.Processes;
using U2CMigration.Core.Records;
using U2CMigration.Core.SocketPaths;
using U2CMigration.Core.WaitingConnections;
using U2CMigration.Criu.Images;
using U2CMigration.Criu.Options;
using U2CMigration.Criu.Rpc;
using U2CMigration.Criu.Versions;
using U2CMigration.PageTracking.Processes;
using U2CMigration.Transport.Messages;

namespace U2CMigration.Core.Source;

/// <summary>The workload while it is frozen: its state dump, and the two ways out, back to running or gone for good.</summary>
/// <remarks>
/// With a cgroup freezer the tasks stop at once and CRIU finds them stopped. Without one, CRIU stops them itself, and the network is released before it looks at them.
/// </remarks>
internal sealed class FrozenTree(SourceContext context, ITreeFreezer freezer, Func<LazyDump> prepare, Func<IEnumerable<string>> external, CriuVersion version) : IFrozenOriginal, IAsyncDisposable
{
    private static readonly TimeSpan UndoTimeout = TimeSpan.FromSeconds(10);

    private readonly ISourceNetwork? _network = context.Network;
    private readonly FreezeGuardian _guardian = FreezeGuardian.Start(freezer, context.Target.RootProcessId, context.Network, context.Notes);
    private readonly MemoryAtHand _memory = MemoryAtHand.Take();
    private readonly SourceLeases _leases = new();
    private readonly CriuDumpOptions _options = DumpOptions.For(context);
    private readonly IReadOnlyList<KnownProcess> _keepers = Keepers.Of(context.Tree.Keepers);
    private readonly DumpAttempts _attempts = new(context, prepare);
    private IReadOnlyList<string> _external = [];
    private KeptSocketPaths? _socketPaths;
    private TreeSockets? _sockets;
    private bool _talksToItself;
    private bool _locksConnections;
    private ConnectionLock? _connectionLock;
    private bool _networkReleased;
    private bool _frozen;
    private bool _settled;
    private bool _insured;

    /// <summary>When the attempt began that stopped the tree, if it was not the first one; 0 otherwise.</summary>
    public long StoppedAgain => _attempts.StoppedAgain;

    /// <summary>Whether the frozen tasks were ended; the destination has the only copy then.</summary>
    public bool IsKilled { get; private set; }

    /// <summary>Whether the tasks stop before CRIU dumps them, so that dump and tail can go side by side.</summary>
    public bool StopsBeforeDump => freezer.Freezes;

    /// <summary>Connections that no one had accepted when the frozen tasks were ended; this host's kernel has reset them, where it still had their address.</summary>
    public IReadOnlyList<CarriedConnection> WaitingAtEnd { get; private set; } = [];

    /// <summary>The version of CRIU that dumps.</summary>
    public CriuVersion CriuVersion => version;

    /// <summary>Whether a rollback takes back what a destination may be using right now: it has to be told first.</summary>
    public bool HasGivenLeases => _leases.Any;

    /// <summary>Whether a destination that has not ended its copy yet can undo a part of the rollback.</summary>
    public bool KeepsSocketPaths => _socketPaths is { Any: true };

    /// <summary>The processes in whose images the pages are still missing, once they are dumped.</summary>
    public IReadOnlyCollection<int> HiddenProcesses => Dump.HiddenProcesses;

    /// <summary>Reads the mappings of the running processes, for CRIU.</summary>
    public Task TakeMappingsAsync(IReadOnlyCollection<int> processIds, CancellationToken cancellationToken) =>
        Dump.ReadyAsync(processIds, cancellationToken);

    /// <summary>The mappings of a process and their flags, as they were read last; null when they were not.</summary>
    public IReadOnlyList<(string Mapping, string Flags)>? MappingsOf(int processId) => Dump.MappingsOf(processId);

    /// <summary>Does what can be done before the freeze.</summary>
    public async Task ReadyAsync(IReadOnlyCollection<int> processIds, CancellationToken cancellationToken)
    {
        await TakeMappingsAsync(processIds, cancellationToken).ConfigureAwait(false);
        LeaseBreaks.Refuse(context.Target.RootProcessId, context.Notes);
        var sockets = TreeSockets.Of(processIds);
        _sockets = sockets;
        _talksToItself = sockets.HasInnerConnection();
        _locksConnections = version >= CriuVersion.NetworkLockSkip && _options.TcpEstablished && (_network is null || _talksToItself) && ConnectionLock.IsPossible();

        if (!freezer.Freezes)
        {
            _attempts.Accompany(TasksStoppedAsync, TasksRunAgainAsync);
        }

        // A freeze may have been put off after this.
        _socketPaths?.Dispose();
        _socketPaths = KeptSocketPaths.Keep(sockets, context.Target.RootProcessId, context.MigrationId, context.Warnings.Add);
        await Dump.AskAsync(CurrentOptions(), cancellationToken).ConfigureAwait(false);
        _memory.Dispose();
    }

    /// <summary>Keeps new connections out, where the network can, and waits, not long, until none waits to be accepted: those that do are given up.</summary>
    public async Task AwaitQuietMomentAsync(CancellationToken cancellationToken)
    {
        if (_sockets is not { } sockets || Backlog.Count(context.Target.RootProcessId, sockets) is null)
        {
            return;
        }

        if (_network is not null)
        {
            await _network.HoldNewConnectionsAsync(cancellationToken).ConfigureAwait(false);
        }

        QuietMoment.Wait(context.Target.RootProcessId, sockets);
    }

    /// <summary>Stops every task, if the freezer can.</summary>
    public async Task FreezeAsync(CancellationToken cancellationToken)
    {
        await _guardian.HoldAsync().ConfigureAwait(false);
        _frozen = true;
        freezer.Freeze(cancellationToken);
        if (freezer.Freezes)
        {
            await ReleaseNetworkAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Lets CRIU write the images; every task is stopped and the network released when it returns.</summary>
    public async Task DumpAsync(CancellationToken cancellationToken)
    {
        if (freezer.Freezes)
        {
            LockConnections();
            _locksConnections = _connectionLock is not null;
        }

        CriuDumpOptions options = CurrentOptions();
        await _attempts.HoldAsync(options, runsMeanwhile: !freezer.Freezes, cancellationToken).ConfigureAwait(false);

        if (Dump.MappingsConfirmed == false)
        {
            context.Logger.MappingsChanged();
            await _attempts.AgainAsync(options, cancellationToken).ConfigureAwait(false);
        }

        var images = new ImageDirectory(context.ImagesDirectory);
        if (SourceLeases.AreIn(images))
        {
            // Not for all: to read the table of locks the kernel waits until all processors have rested, some 10 ms.
            LeaseBreaks.Refuse(context.Target.RootProcessId, context.Notes);
        }

        TimerDescriptorImage.Repair(images, TimeProvider.System.GetUtcNow());
        _leases.GiveUp(images, context.Numbers.OnThisHost);
    }

    /// <summary>Begins to make that certain; not before the page tables were walked for other reasons, as each walk would slow the other.</summary>
    public void BeginConfirming() => _ = Dump.ConfirmMappingsAsync();

    /// <summary>Returns when it is certain that the images are those of the frozen tree.</summary>
    /// <exception cref="MigrationException">They are not quite.</exception>
    public async Task ConfirmAsync()
    {
        if (!await Dump.ConfirmMappingsAsync().ConfigureAwait(false))
        {
            throw context.Failure(
                "In the moment of the freeze the workload changed how the kernel treats some of its memory (madvise, mlock), and that was dumped as it had been before. It runs on here, unharmed; try again.",
                isTransient: true);
        }

        if (await context.Target.Owner.FindProblemsAsync(CancellationToken.None).ConfigureAwait(false) is { Count: > 0 } problems)
        {
            throw context.Failure($"In the moment of the freeze something came that cannot move. {string.Join(' ', problems)} The workload runs on here, unharmed; try again.", isTransient: true);
        }
    }

    /// <summary>What another program needs to settle the migration in place of this one.</summary>
    public JournalEntry Describe(LedgerIdentity ledger) => new()
    {
        MigrationId = context.MigrationId,
        BootId = LedgerFolder.BootId(),
        RootProcessId = context.Target.RootProcessId,
        StartTime = ProcessTree.TryReadStat(context.Target.RootProcessId, out ProcessStat stat) ? stat.StartTimeTicks : 0,
        Destination = EndpointText.Of(context.Options.Destination),
        Ledger = ledger,
        ThawFile = freezer.ThawFile ?? string.Empty,
        ThawWord = freezer.ThawWord,
        Address = (_network as AddressHandover)?.Text ?? string.Empty,
        AddressCommand = _network is null or AddressHandover ? [] : _network.UndoCommand,
        Keepers = _keepers,
        RemovalCommand = context.Tree.RemovalCommand,
    };

    /// <summary>
    /// Leaves a stop signal pending in every process, so that they stay stopped even if this process and CRIU die: from the commit on the destination may
    /// run them. The images are complete, so the destination does not see the signal.
    /// </summary>
    public void Insure()
    {
        _insured = true;
        _network?.Commit();
        foreach (int processId in ProcessTree.List(context.Target.RootProcessId))
        {
            Signals.Send(processId, Signals.Stop);
        }

        _connectionLock?.Keep();
        _guardian.Settle();
        _socketPaths?.Settle();
    }

    /// <summary>Lets the workload run on where it was. Tries every step even if one fails.</summary>
    public async Task RollBackAsync()
    {
        if (_settled || !_frozen)
        {
            return;
        }

        _settled = true;
        bool failed = !Dump.IsHeld;
        using var timeout = new CancellationTokenSource(UndoTimeout);
        await TryAsync("the leases that the workload held", _leases.TakeBackAsync).ConfigureAwait(false);
        _socketPaths?.BringBack();
        if (Dump.IsHeld)
        {
            await TryAsync("the state dump", () => Dump.RollbackAsync()).ConfigureAwait(false);
        }

        if (failed)
        {
            await TryAsync("the sockets that CRIU was reading", () => Task.FromResult(RepairMode.End(ProcessTree.List(context.Target.RootProcessId)))).ConfigureAwait(false);
        }

        if (_networkReleased && _network is not null)
        {
            await TryAsync("the release of the network address", () => _network.ReclaimAsync(timeout.Token).AsTask()).ConfigureAwait(false);
        }

        await TryAsync("the freeze", () =>
        {
            if (_insured)
            {
                foreach (int processId in ProcessTree.List(context.Target.RootProcessId))
                {
                    Signals.Send(processId, Signals.Continue);
                }
            }

            freezer.Thaw();
            return Task.CompletedTask;
        }).ConfigureAwait(false);
        _connectionLock?.Dispose();
        await PendingSignals.WaitUntilTakenAsync(context.Target.RootProcessId).ConfigureAwait(false);
    }

    /// <summary>Brings back what a destination has taken after the rollback; to be called when it has ended its copy.</summary>
    public void BringBackSocketPaths()
    {
        if (!IsKilled)
        {
            _socketPaths?.BringBack();
        }
    }

    /// <summary>Kills the frozen tasks: the workload lives on elsewhere. Does nothing the second time.</summary>
    public async Task KillAsync()
    {
        if (IsKilled)
        {
            return;
        }

        (_settled, IsKilled) = (true, true);
        WaitingAtEnd = Backlog.Read(ProcessTree.List(context.Target.RootProcessId));

        Keepers.End(_keepers);

        // Both name files of the tree, and must not outlive it: an open file keeps others from a lease.
        _leases.Dispose();
        _socketPaths?.Forget();
        await Dump.CommitAsync().ConfigureAwait(false);

        // Only now: a packet for a connection that has ended here would be answered with a reset.
        _connectionLock?.Dispose();
        await TryAsync("the freeze", () =>
        {
            freezer.Thaw();
            return Task.CompletedTask;
        }).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        await RollBackAsync().ConfigureAwait(false);
        _leases.Dispose();
        _socketPaths?.Dispose();
        _memory.Dispose();
        _connectionLock?.Dispose();
        _guardian.Dispose();
        await Dump.DisposeAsync().ConfigureAwait(false);
    }

    private LazyDump Dump => _attempts.Dump;

    /// <summary>Options that are the same are asked for once, and lists are the same only if they are one.</summary>
    private IReadOnlyList<string> NewIfChanged(string[] names) => names.SequenceEqual(_external) ? _external : names;

    private CriuDumpOptions CurrentOptions() => _options with
    {
        FreezeCgroup = freezer.CgroupDirectory ?? string.Empty,
        External = _external = NewIfChanged([.. _options.External, .. external()]),

        // No packet reaches the sockets once the address is gone; those between processes of the tree have no need of it, and the agent locks them.
        NetworkLock = _locksConnections || (_network is not null && !_talksToItself && version >= CriuVersion.NetworkLockSkip) ? CriuNetworkLock.Skip : CriuNetworkLock.Nftables,
    };

    /// <summary>Where CRIU stops the tasks itself: keeps packets away before it looks at any socket.</summary>
    private async ValueTask TasksStoppedAsync()
    {
        await ReleaseNetworkAsync(CancellationToken.None).ConfigureAwait(false);
        LockConnections();
        if (_locksConnections && _connectionLock is null)
        {
            throw context.Failure("The connections of the workload cannot be locked while it is read: nft, a program of nftables, failed on this host; the log says why. The workload runs on.", isTransient: true);
        }
    }

    /// <summary>An attempt has failed: the tasks run until the next one stops them.</summary>
    private async ValueTask TasksRunAgainAsync()
    {
        _connectionLock?.Dispose();
        _connectionLock = null;
        if (_networkReleased && _network is not null)
        {
            await _network.ReclaimAsync(CancellationToken.None).ConfigureAwait(false);
            _networkReleased = false;
        }
    }

    private void LockConnections()
    {
        if (_locksConnections)
        {
            _connectionLock = ConnectionLock.TryInstall(ProcessTree.List(context.Target.RootProcessId), context.MigrationId, context.Logger);
        }
    }

    private async Task ReleaseNetworkAsync(CancellationToken cancellationToken)
    {
        if (_network is not null)
        {
            _networkReleased = true;
            await _network.ReleaseAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task TryAsync(string step, Func<Task> undo)
    {
        try
        {
            await undo().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            context.Logger.UndoFailed(e, step);
        }
    }
}
