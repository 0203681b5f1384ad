using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;
using U2CMigration.Criu.Hiding;
using U2CMigration.Criu.Interop;
using U2CMigration.Criu.Options;
using U2CMigration.Criu.Workers;

namespace U2CMigration.Criu.Rpc;

/// <summary>A restore that is held when everything is in place but nothing runs, and then either undone or let go.</summary>
/// <remarks>
/// <para>There are two stops. At the first (<see cref="HoldAsync"/>) the tasks are complete and the network is still locked: it can be undone without a
/// trace. <see cref="UnlockAsync"/> continues to the second: the network is unlocked, lazy memory is registered, and every task stands before its first instruction; from
/// there on peers may get answers, unless packets are kept from them. <see cref="ResumeAsync"/> lets the tasks run, or has CRIU finish and leaves them frozen where the caller
/// has frozen their control group at the second stop: from then on CRIU's end, good or bad, changes nothing for them.</para>
/// <para>Calls must not overlap. One instance is one restore.</para>
/// </remarks>
/// <example>
/// <code>
/// await using var restore = HeldRestore.Prepare();
/// await restore.HoldAsync(new CriuRestoreOptions { ImagesDirectory = images }, cancellationToken);
/// int pid = await restore.ResumeAsync(cancellationToken);
/// </code>
/// </example>
public sealed class HeldRestore : IAsyncDisposable
{
    private readonly CriuWorkerOptions _options;
    private readonly ILoggerFactory? _loggers;
    private readonly SafeFileHandle _breakpointsOn = PerfEvents.KeepOn();
    private readonly HoldPoint _postRestore = new();
    private readonly HoldPoint _preResume = new();
    private readonly RuntimeDialogue? _runtime;
    private CriuWorker _worker;
    private Task<int>? _restore;
    private bool _unlocked;
    private bool _settled;

    private HeldRestore(CriuWorkerOptions options, ILoggerFactory? loggers)
    {
        _options = options;
        _loggers = loggers;
        _worker = CriuWorker.Start(options, loggers);
    }

    private HeldRestore(CriuWorker worker, RuntimeDialogue runtime)
    {
        _options = new CriuWorkerOptions();
        (_worker, _runtime) = (worker, runtime);
    }

    /// <summary>Completes when CRIU has finished, with the root of the tree.</summary>
    internal Task<int> Completion => _restore ?? throw new InvalidOperationException("The restore was not begun.");

    /// <summary>The process id of the waiting worker; restored tasks start in its control groups. <see cref="GiveAsync"/> may change it.</summary>
    public int WorkerProcessId => _worker.ProcessId;

    /// <summary>Called when the root of the tree exists: all other tasks are children of it. CRIU waits for the return.</summary>
    internal Action? TreeBegun { get; set; }

    /// <summary>Whether the tasks are complete, do not run and can still be removed.</summary>
    /// <value>False also when CRIU was killed from outside in the meantime; going on fails then and removes the tasks.</value>
    public bool IsHeld => _postRestore.Reached.IsCompletedSuccessfully && !_unlocked && !_settled && !_worker.Ended.IsCompleted;

    /// <summary>Starts the worker, so that <see cref="HoldAsync"/> has only the restore itself to wait for.</summary>
    /// <param name="options">How CRIU is started.</param>
    /// <param name="loggerFactory">Where to log; nowhere by default.</param>
    /// <returns>The restore, not begun.</returns>
    /// <exception cref="CriuException">CRIU is not installed.</exception>
    public static HeldRestore Prepare(CriuWorkerOptions? options = null, ILoggerFactory? loggerFactory = null) =>
        new(options ?? new CriuWorkerOptions(), loggerFactory);

    /// <summary>A restore by a CRIU that a container runtime has started and that has no request yet.</summary>
    internal static HeldRestore Of(CriuWorker worker, RuntimeDialogue runtime) => new(worker, runtime);

    /// <summary>Gives the waiting worker files for <see cref="CriuRestoreOptions.InheritedDescriptors"/> that were not known when it was started.</summary>
    /// <param name="files">The files; the worker has them open anew, for reading and writing. They stay the caller's to close.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Their numbers in the worker, in the same order.</returns>
    /// <exception cref="InvalidOperationException">The restore was begun already.</exception>
    /// <remarks>Where a worker cannot be made to open them (not x86-64, other namespaces, tracing not allowed), another one is started with them, which takes as long as that takes.</remarks>
    public async Task<IReadOnlyList<int>> GiveAsync(IReadOnlyList<SafeFileHandle> files, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(files);
        if (_restore is not null)
        {
            throw new InvalidOperationException("This restore was begun already; give it the files before.");
        }

        try
        {
            return await Task.Factory.StartNew(
                () => GivenDescriptors.Open(_worker.ProcessId, files), cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default).ConfigureAwait(false);
        }
        catch (IOException) when (_runtime is null)
        {
            await _worker.DisposeAsync().ConfigureAwait(false);
            _worker = CriuWorker.Start(_options with { InheritedHandles = [.. _options.InheritedHandles, .. files] }, _loggers);
            return [.. Enumerable.Range(_options.InheritedHandles.Count, files.Count).Select(CriuWorker.InheritedDescriptor)];
        }
    }

    /// <summary>Restores the tasks; returns while they are stopped and the network is locked.</summary>
    /// <param name="options">What to restore.</param>
    /// <param name="cancellationToken">Kills the worker and what was restored so far; ignored once the restore is held.</param>
    /// <returns>The process id of the root of the tree.</returns>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <exception cref="CriuException">The restore failed; no restored task is left.</exception>
    public async Task<int> HoldAsync(CriuRestoreOptions options, CancellationToken cancellationToken = default)
    {
        if (_restore is not null)
        {
            throw new InvalidOperationException("This restore was begun already; prepare another one.");
        }

        using var untilHeld = new CancellationTokenSource();
        _restore = _worker.RestoreAsync(options, (notification, _) => AnswerAsync(notification), untilHeld.Token);
        CancellationTokenRegistration cancellation = cancellationToken.Register(untilHeld.Cancel);
        Task first = await Task.WhenAny(_restore, _postRestore.Reached).ConfigureAwait(false);

        // From here on the token is ignored; it may have been cancelled in the very moment the restore was complete.
        await cancellation.DisposeAsync().ConfigureAwait(false);
        if (first == _restore || untilHeld.IsCancellationRequested)
        {
            _settled = true;
            _postRestore.Decide(accept: false);
            return await _restore.ConfigureAwait(false);
        }

        return await _postRestore.Reached.ConfigureAwait(false);
    }

    /// <summary>Unlocks the network and registers lazy memory; returns while the tasks are still stopped.</summary>
    /// <exception cref="InvalidOperationException">The restore is not held.</exception>
    /// <exception cref="CriuException">CRIU failed; no restored task is left, but connections may have been lost.</exception>
    public async Task UnlockAsync()
    {
        ThrowUnlessHeld();
        _unlocked = true;
        _postRestore.Decide(accept: true);
        if (await Task.WhenAny(_restore!, _preResume.Reached).ConfigureAwait(false) == _restore)
        {
            _settled = true;
            await _restore.ConfigureAwait(false);
        }
    }

    /// <summary>Lets the tasks run.</summary>
    /// <returns>The process id of the root of the tree.</returns>
    /// <exception cref="InvalidOperationException">The restore is not held.</exception>
    /// <exception cref="CriuException">CRIU failed; no restored task is left, but connections may have been lost.</exception>
    public async Task<int> ResumeAsync()
    {
        if (!_unlocked)
        {
            await UnlockAsync().ConfigureAwait(false);
        }

        _settled = true;
        _preResume.Decide(accept: true);
        return await _restore!.ConfigureAwait(false);
    }

    /// <summary>Removes the restored tasks; the images stay usable.</summary>
    /// <returns>Completes when they are gone.</returns>
    /// <exception cref="InvalidOperationException">The restore is not held, or was unlocked.</exception>
    public async Task AbortAsync()
    {
        ThrowUnlessHeld();
        _settled = true;
        _postRestore.Decide(accept: false);
        try
        {
            await _restore!.ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is CriuException or OperationCanceledException)
        {
            // A refused restore is a failed one for CRIU.
        }
    }

    /// <summary>Removes the tasks of a restore that was not let go, and ends the worker.</summary>
    /// <returns>Completes when the worker is gone.</returns>
    public async ValueTask DisposeAsync()
    {
        if (_postRestore.Reached.IsCompletedSuccessfully && !_unlocked && !_settled)
        {
            await AbortAsync().ConfigureAwait(false);
        }
        else if (_unlocked && !_settled)
        {
            _settled = true;
            await RemoveUnlockedAsync().ConfigureAwait(false);
        }

        await _worker.DisposeAsync().ConfigureAwait(false);
        _breakpointsOn.Dispose();
    }

    private async Task RemoveUnlockedAsync()
    {
        using TaskTree tree = TaskTree.Open(await _postRestore.Reached.ConfigureAwait(false));
        tree.Kill();
        _preResume.Decide(accept: false);

        // Tasks that are traced end when their tracer has seen it, or is gone.
        await _worker.KillAsync().ConfigureAwait(false);
        await tree.WaitForEndAsync(CancellationToken.None).ConfigureAwait(false);
        await ((Task)_restore!).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async ValueTask<bool> AnswerAsync(CriuNotification notification) =>
        (_runtime is null || await _runtime.RelayAsync(notification).ConfigureAwait(false)) && await DecideAsync(notification).ConfigureAwait(false);

    private ValueTask<bool> DecideAsync(CriuNotification notification) => notification.Kind switch
    {
        CriuNotificationKind.PostRestore => _postRestore.HoldAsync(notification, CancellationToken.None),
        CriuNotificationKind.PreResume => _preResume.HoldAsync(notification, CancellationToken.None),
        CriuNotificationKind.SetupNamespaces => Begun(),
        _ => ValueTask.FromResult(true),
    };

    private ValueTask<bool> Begun()
    {
        TreeBegun?.Invoke();
        return ValueTask.FromResult(true);
    }

    private void ThrowUnlessHeld()
    {
        if (!_postRestore.Reached.IsCompletedSuccessfully || _unlocked || _settled)
        {
            throw new InvalidOperationException("The restore is not held: it was not begun, has failed, or is settled already.");
        }
    }
}
