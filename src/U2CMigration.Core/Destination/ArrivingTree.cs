using System.Globalization;
using U2CMigration.Core.Committing;
using U2CMigration.Core.ConnectionLocks;
using U2CMigration.Core.Files;
using U2CMigration.Core.Freezing;
using U2CMigration.Core.Logging;
using U2CMigration.Core.Owners;
using U2CMigration.Core.Preflight;
using U2CMigration.Criu.Rpc;
using U2CMigration.PageTracking.Processes;

namespace U2CMigration.Core.Destination;

/// <summary>The processes that are restored: held by CRIU, then complete and frozen, then running, or seen dead.</summary>
internal sealed class ArrivingTree(DestinationContext context, MigrationTurn turn) : IAsyncDisposable
{
    private readonly ArrivalGroup _group = ArrivalGroup.Create(context.Options.CgroupDirectory, context.MigrationId);
    private ITreeRestorer? _restorer;
    private ArrivalGuardian? _guardian;
    private Task _moving = Task.CompletedTask;
    private Task _leaving = Task.CompletedTask;
    private IRestore? _restore;
    private int _enteredWorker;
    private bool _mayRun;
    private bool _isFrozen;
    private bool _runs;
    private bool _disposed;

    /// <summary>CRIU, which waits for its request.</summary>
    public HeldRestore Held => Restorer.Restore;

    /// <summary>The root of the tree; 0 while there is none.</summary>
    public int RootProcessId { get; private set; }

    /// <summary>The control groups that belong to the restore.</summary>
    public IReadOnlyList<string> Groups => _group.All;

    /// <summary>The network that it has to itself; null for none.</summary>
    public Handover.IArrivingAddress? OwnNetwork => Restorer.Network;

    /// <summary>A path of the network namespace into which it is restored; null for that of this host, and for one that CRIU makes.</summary>
    public string? NetworkNamespace => Restorer.NetworkNamespace;

    /// <summary>Whether none of it executes any more.</summary>
    public bool IsGone { get; private set; }

    /// <summary>Takes its files; null where its owner does not.</summary>
    public IDestinationFiles? Files => Restorer.Files;

    /// <summary>How it is restored.</summary>
    /// <exception cref="InvalidOperationException">That was not decided yet.</exception>
    public IRestore Restore => _restore ?? throw new InvalidOperationException("The restore was not begun.");

    private ITreeRestorer Restorer => _restorer ?? throw new InvalidOperationException("The restore was not begun.");

    /// <summary>Writes down where the processes will be, and has CRIU started.</summary>
    public async Task BeginAsync(CancellationToken cancellationToken)
    {
        turn.Receive(_group.All);
        _guardian = ArrivalGuardian.Start(_group.All);
        _restorer = await BeginRestorerAsync(cancellationToken).ConfigureAwait(false);
        context.Restore = _restorer.Request;
        Enter();
    }

    /// <summary>Restored processes are children of the worker and so begin in its control groups. Does nothing for a worker that is in them.</summary>
    public void Enter()
    {
        if (Restorer.ChoosesGroups || _enteredWorker == Held.WorkerProcessId)
        {
            return;
        }

        _enteredWorker = Held.WorkerProcessId;
        if (context.Options.CgroupDirectory is { } wanted && !_group.Groups.Contains(wanted))
        {
            File.WriteAllText(Path.Combine(wanted, "cgroup.procs"), _enteredWorker.ToString(CultureInfo.InvariantCulture));
        }

        _group.Enter(_enteredWorker);
    }

    /// <summary>The restore is prepared: the kernel waits until all processors have rested before it moves a process to another group, and takes 20 µs for one that follows soon.</summary>
    public void Prepare() => _moving = Task.Run(ArrivalGroup.MoveNothing);

    /// <summary>Restores the tree in a way that was decided; it is held, and can be undone.</summary>
    public async Task HoldAsync(IRestore restore, Task pagesComplete, CancellationToken cancellationToken)
    {
        _restore = restore;

        // The kernel takes 8 to 12 ms for it, which is the time of the restore and not of the freeze.
        Held.TreeBegun = () => _leaving = Task.Run(() => _group.Leave(Held.WorkerProcessId));
        RootProcessId = await restore.HoldAsync(pagesComplete, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Has CRIU finish, and freezes the tree before its first instruction.</summary>
    public async Task FreezeAsync()
    {
        // From here on CRIU's death would let the tasks run, until they are frozen.
        _mayRun = true;
        await _leaving.ConfigureAwait(false);
        await Restore.FinishAsync(() => _group.Freeze(RootProcessId, Restorer.ChoosesGroups)).ConfigureAwait(false);
        _isFrozen = true;
        await Restorer.PrepareAsync(CancellationToken.None).ConfigureAwait(false);
    }

    /// <summary>Writes down that all of it is here and does not run.</summary>
    public void Record()
    {
        ulong startTime = ProcessTree.TryReadStat(RootProcessId, out ProcessStat stat) ? stat.StartTimeTicks : 0;
        turn.Hold(_group.All, RootProcessId, startTime);
        if (_isFrozen)
        {
            _guardian?.Settle();
        }
    }

    /// <summary>Commits: the one moment from which on it runs here.</summary>
    /// <param name="committed">Called when it is written down, right before the tree runs.</param>
    /// <returns>False where it was given up before.</returns>
    public bool TryResume(Action committed)
    {
        bool resumed = turn.TryResume(() =>
        {
            _runs = true;
            _guardian?.Settle();
            committed();
            Restorer.Commit();
            _group.Thaw();
        });
        if (resumed)
        {
            Restore.Begin();
        }

        return resumed;
    }

    /// <summary>Waits until the owner of a tree that runs has it in its books.</summary>
    /// <returns>What went wrong with that; null for nothing.</returns>
    public Task<string?> CompleteAsync() => Restorer.CompleteAsync();

    /// <summary>Ends what does not run, and sees that it has ended, before that is said to anybody.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        if (!_runs && _mayRun)
        {
            // Before CRIU is let go, which would let them run. CRIU has taken its lock off their connections.
            using var quiet = QuietEnd.Prepare(ProcessTree.List(RootProcessId), context.Logger);
            TryKill();
        }

        if (((IAsyncDisposable?)_restore ?? _restorer?.Restore) is { } restore)
        {
            await restore.DisposeAsync().ConfigureAwait(false);
        }

        if (!_runs)
        {
            IsGone = TryKill();
        }

        // After the processes have ended: its owner removes what is left of the tree.
        if (_restorer is not null)
        {
            await _restorer.DisposeAsync().ConfigureAwait(false);
        }


        await _moving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _leaving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _guardian?.Dispose();
        _group.Release(_runs);
    }

    private async Task<ITreeRestorer> BeginRestorerAsync(CancellationToken cancellationToken)
    {
        if (context.Tree is not { } tree)
        {
            return new ProcessTreeRestorer(HeldRestore.Prepare(CriuPreflight.WorkerOptions(context.Options.Criu), context.Loggers));
        }

        ITreeHost host = context.Options.HostOf(tree) ?? throw new RestoreRefusedException($"This receiver takes no containers of {tree.Kind}.");
        return await host.BeginAsync(tree, new RestorerSurroundings(context.MigrationId, context.ImagesDirectory, context.Options.Criu.Path, context.Loggers), cancellationToken).ConfigureAwait(false);
    }

    private bool TryKill()
    {
        try
        {
            _group.Kill();
            return true;
        }
        catch (IOException e)
        {
            context.Logger.UndoFailed(e, "the restored processes");
            return false;
        }
    }
}
