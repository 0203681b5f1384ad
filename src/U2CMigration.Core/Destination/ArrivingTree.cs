using System.Globalization;
using Microsoft.Win32.SafeHandles;
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

/// <summary>The processes on this host.</summary>
internal sealed class ArrivingTree(DestinationContext context, MigrationTurn turn) : IArrivingTree
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

    private HeldRestore Held => Restorer.Restore;

    public int RootProcessId { get; private set; }

    public IReadOnlyList<string> Groups => _group.All;

    public Handover.IArrivingAddress? OwnNetwork => Restorer.Network;

    public string? NetworkNamespace => Restorer.NetworkNamespace;

    public bool IsGone { get; private set; }

    public IDestinationFiles? Files => Restorer.Files;

    public IRestore Restore => _restore ?? throw new InvalidOperationException("The restore was not begun.");

    public bool StillServes => _restore?.StillServes == true;

    private RestorerSurroundings Surroundings => new(context.MigrationId, context.ImagesDirectory, context.Options.Criu.Path, context.Loggers);

    private ITreeRestorer Restorer => _restorer ?? throw new InvalidOperationException("The restore was not begun.");

    public async Task BeginAsync(CancellationToken cancellationToken)
    {
        turn.Receive(_group.All, context.Tree is { } tree ? context.Options.HostOf(tree)?.RemovalCommand(tree, Surroundings) : null);
        _guardian = ArrivalGuardian.Start(_group.All);
        _restorer = await BeginRestorerAsync(cancellationToken).ConfigureAwait(false);
        context.Restore = _restorer.Request;
        Enter();
    }

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

    /// <summary>The kernel waits until all processors have rested before it moves a process to another group, and takes 20 µs for one that follows soon.</summary>
    public void Prepare() => _moving = Task.Run(ArrivalGroup.MoveNothing);

    public Task<IReadOnlyList<int>> GiveAsync(IReadOnlyList<SafeFileHandle> files, CancellationToken cancellationToken) => Held.GiveAsync(files, cancellationToken);

    public IRestore Create(Func<HeldRestore, IRestore> way) => way(Held);

    public async Task HoldAsync(IRestore restore, Task pagesComplete, CancellationToken cancellationToken)
    {
        _restore = restore;

        // The kernel takes 8 to 12 ms for it, which is the time of the restore and not of the freeze.
        Held.TreeBegun = () => _leaving = Task.Run(() => _group.Leave(Held.WorkerProcessId));
        RootProcessId = await restore.HoldAsync(pagesComplete, cancellationToken).ConfigureAwait(false);
    }

    public Task GiveStateAsync(IReadOnlyDictionary<string, string> state, CancellationToken cancellationToken) => Restorer.GiveStateAsync(state, cancellationToken);

    public async Task FreezeAsync()
    {
        // From here on CRIU's death would let the tasks run, until they are frozen.
        _mayRun = true;
        await _leaving.ConfigureAwait(false);
        await Restore.FinishAsync(() => _group.Freeze(RootProcessId, Restorer.ChoosesGroups)).ConfigureAwait(false);
        _isFrozen = true;
        await Restorer.PrepareAsync(CancellationToken.None).ConfigureAwait(false);
    }

    public void Record()
    {
        ulong startTime = ProcessTree.TryReadStat(RootProcessId, out ProcessStat stat) ? stat.StartTimeTicks : 0;
        turn.Hold(_group.All, RootProcessId, startTime);
        if (_isFrozen)
        {
            _guardian?.Settle();
        }
    }

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
        return await host.BeginAsync(tree, Surroundings, cancellationToken).ConfigureAwait(false);
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
