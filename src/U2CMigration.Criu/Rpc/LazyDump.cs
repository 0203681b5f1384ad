using System.Collections.Frozen;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Win32.SafeHandles;
using U2CMigration.Criu.Hiding;
using U2CMigration.Criu.Interop;
using U2CMigration.Criu.Options;
using U2CMigration.Criu.Workers;

namespace U2CMigration.Criu.Rpc;

/// <summary>A dump of everything but private memory that is held when the images are complete, and then either undone or made final.</summary>
/// <remarks>
/// <para>While it is held the tasks are stopped, their memory can be read from <c>/proc/PID/mem</c> or with process_vm_readv, and CRIU waits for an answer.</para>
/// <para>Why a class of its own: refusing a lazy dump is not enough to undo it. CRIU would go on to listen for a lazy pages client on every
/// network address, with the tasks stopped, and take a client that comes and goes for success and kill them. So the port is occupied here before the
/// dump and the occupying socket is handed to the worker too: CRIU cannot listen, fails, and lets the tasks run. That holds even when this
/// process dies: the worker sees its socket closed, fails to listen on the port it still occupies itself, and lets the tasks run.</para>
/// <para>Calls must not overlap. One instance is one dump.</para>
/// </remarks>
/// <example>
/// <code>
/// await using var dump = LazyDump.Prepare();
/// await dump.HoldAsync(new CriuDumpOptions { ProcessId = pid, ImagesDirectory = images }, cancellationToken);
/// // Copy the images and the memory, restore elsewhere, and then:
/// await dump.CommitAsync();
/// </code>
/// </example>
public sealed class LazyDump : IAsyncDisposable
{
    /// <summary>Up to here the comparison of mappings takes a millisecond and runs beside the dump; beyond, CRIU would wait for it, as both need the lock of the address space.</summary>
    private const long ComparedBesideTheDump = 64 << 20;

    private static readonly TimeSpan RollbackLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan CancelLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan KillLimit = TimeSpan.FromSeconds(30);

    private readonly CriuWorker _worker;
    private readonly MemoryHiding? _hiding;
    private readonly Socket _reservation;
    private readonly SafeFileHandle _breakpointsOn = PerfEvents.KeepOn();
    private readonly HoldPoint _postDump = new();
    private readonly string? _networkNamespace;
    private readonly ILogger _logger;
    private IReadOnlySet<string> _locksBefore = FrozenSet<string>.Empty;
    private CriuDumpOptions? _options;
    private int _processId;
    private FreezerGroup? _freezer;
    private Task? _dump;
    private volatile bool _refusing;
    private bool _settled;

    private LazyDump(CriuWorker worker, MemoryHiding? hiding, Socket reservation, string? networkNamespace, ILogger logger)
    {
        _worker = worker;
        _hiding = hiding;
        _reservation = reservation;
        _networkNamespace = networkNamespace;
        _logger = logger;
    }

    /// <summary>The process id of the waiting worker.</summary>
    public int WorkerProcessId => _worker.ProcessId;

    /// <summary>Whether the images are complete and the tasks stopped.</summary>
    /// <value>False also when CRIU was killed from outside meanwhile: the tasks run on then, unless their control group is frozen.</value>
    public bool IsHeld => _postDump.Reached.IsCompletedSuccessfully && !_settled && !_worker.Ended.IsCompleted;

    /// <summary>The processes in whose images the pages are missing, because <see cref="LazyDumpOptions.HidesMemory"/> said so and it was possible.</summary>
    /// <value>Complete when <see cref="HoldAsync"/> has returned.</value>
    public IReadOnlyCollection<int> HiddenProcesses => _hiding?.Processes ?? [];

    /// <summary>Whether CRIU saw the processes as they are. If not, undo the dump and prepare another one.</summary>
    /// <value>
    /// False when a flag of a mapping was changed (madvise, mlock) between <see cref="TakeMappings"/> and the freeze. Valid when <see cref="HoldAsync"/> has returned. Up to 64 MiB of
    /// memory it is known then; beyond, the kernel adds up behind the dump, 13 ms for a GiB, and this completes later: it has to be waited for before the dump is made final.
    /// </value>
    public Task<bool> MappingsConfirmed { get; private set; } = Task.FromResult(true);

    /// <summary>Occupies the port and starts the worker, so that <see cref="HoldAsync"/> has only the dump itself to wait for.</summary>
    /// <param name="options">How CRIU is started. Its command prefix must not change the network namespace; name that in the options.</param>
    /// <param name="port">The TCP port to occupy; 0 for any free one.</param>
    /// <param name="loggerFactory">Where to log; nowhere by default.</param>
    /// <returns>The dump, not begun.</returns>
    /// <exception cref="CriuException">The port is in use, or CRIU is not installed.</exception>
    public static LazyDump Prepare(CriuWorkerOptions? options = null, int port = 0, ILoggerFactory? loggerFactory = null) =>
        Prepare(new LazyDumpOptions { Worker = options ?? new CriuWorkerOptions(), Port = port }, loggerFactory);

    /// <summary>Occupies the port and starts the worker, so that <see cref="HoldAsync"/> has only the dump itself to wait for.</summary>
    /// <param name="options">How CRIU is started, and what it is shown.</param>
    /// <param name="loggerFactory">Where to log; nowhere by default.</param>
    /// <returns>The dump, not begun.</returns>
    /// <exception cref="CriuException">The port is in use, or CRIU is not installed.</exception>
    public static LazyDump Prepare(LazyDumpOptions options, ILoggerFactory? loggerFactory = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        string? networkNamespace = options.Worker.NetworkNamespace.Length == 0 ? null : options.Worker.NetworkNamespace;
        Socket reservation = PortReservation.Take(networkNamespace, options.Port);
        try
        {
            IReadOnlySet<string> locks = NetworkLockTables.List(networkNamespace);
            ILogger logger = (loggerFactory ?? NullLoggerFactory.Instance).CreateLogger("U2CMigration.Criu");
            (CriuWorker worker, MemoryHiding? hiding) = Start(options, reservation, loggerFactory, logger);
            return new LazyDump(worker, hiding, reservation, networkNamespace, logger) { _locksBefore = locks };
        }
        catch
        {
            reservation.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Reads the mappings of processes while they still run, so that CRIU need not wait for the kernel to add up their pages, 13 ms for a GiB, while they are frozen. They are
    /// compared afterwards: see <see cref="MappingsConfirmed"/>.
    /// </summary>
    /// <param name="processIds">The processes.</param>
    /// <remarks>
    /// Used where a process has the same mappings at the dump, and the group of <see cref="CriuDumpOptions.FreezeCgroup"/> is frozen when <see cref="HoldAsync"/> is called.
    /// Called twice, some time apart, it leaves out processes that change flags all the time. Without <see cref="LazyDumpOptions.HidesMemory"/> it does nothing.
    /// </remarks>
    public void TakeMappings(IEnumerable<int> processIds)
    {
        ArgumentNullException.ThrowIfNull(processIds);
        _hiding?.Mappings.Take(processIds);
    }

    /// <summary>Stops the tasks and writes the images; returns with the tasks still stopped.</summary>
    /// <param name="options">What to dump; <see cref="CriuDumpOptions.LazyPages"/> and its port are set here.</param>
    /// <param name="cancellationToken">
    /// Before the images are complete: refuses CRIU's next step, so that it undoes what it did and the tasks run on; after 10 seconds the worker is killed.
    /// Ignored afterwards.
    /// </param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <exception cref="CriuException">The dump failed; the tasks run on.</exception>
    public async Task HoldAsync(CriuDumpOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (_dump is not null)
        {
            throw new InvalidOperationException("This dump was begun already; prepare another one.");
        }

        _options = options;
        _processId = options.ProcessId;
        _freezer = FreezerGroup.FindFrozen(options.FreezeCgroup);
        if (_freezer is null || _hiding is null)
        {
            await HoldTasksAsync(options, cancellationToken).ConfigureAwait(false);
            return;
        }

        TakenMappings mappings = _hiding.Mappings;
        mappings.Use();
        Task<HashSet<int>>? comparing = mappings.ResidentBytes <= ComparedBesideTheDump ? mappings.CompareAsync() : null;
        try
        {
            await HoldTasksAsync(options, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            await (comparing ?? Task.CompletedTask).ConfigureAwait(false);
        }

        MappingsConfirmed = mappings.ConfirmAsync(comparing ?? mappings.CompareAsync());
    }

    private static (CriuWorker Worker, MemoryHiding? Hiding) Start(LazyDumpOptions options, Socket reservation, ILoggerFactory? loggers, ILogger logger)
    {
        // Last, so that the numbers of the caller's own descriptors stay as documented.
        SafeHandle[] handles = [.. options.Worker.InheritedHandles, reservation.SafeHandle];
        if (options.HidesMemory is null)
        {
            return (CriuWorker.Start(options.Worker with { InheritedHandles = handles }, loggers), null);
        }

        var blank = BlankAddressSpace.Start(options.Worker, loggers);
        try
        {
            var worker = CriuWorker.Start(options.Worker with { InheritedHandles = handles, AsksForOpens = true }, loggers);
            if (worker.OpenQuestions is { } questions)
            {
                return (worker, new MemoryHiding(questions, blank, options, logger));
            }

            logger.MemoryNotHidden("this kernel or this process may not filter system calls");
            blank.Abandon();
            return (worker, null);
        }
        catch
        {
            blank.Abandon();
            throw;
        }
    }

    private async Task HoldTasksAsync(CriuDumpOptions options, CancellationToken cancellationToken)
    {
        options = options with { LazyPages = true, LazyPort = ((IPEndPoint)_reservation.LocalEndPoint!).Port };
        using var untilKilled = new CancellationTokenSource();
        _dump = _worker.DumpAsync(options, (notification, _) => AnswerAsync(notification), untilKilled.Token);
        CancellationTokenRegistration cancellation = cancellationToken.Register(() =>
        {
            // Killed at once, CRIU would leave its network lock behind: nobody would hear the workload again.
            _refusing = true;
            untilKilled.CancelAfter(CancelLimit);
        });
        Task first = await Task.WhenAny(_dump, _postDump.Reached).ConfigureAwait(false);

        // From here on the token is ignored; it may have been cancelled in the very moment the dump was complete.
        await cancellation.DisposeAsync().ConfigureAwait(false);
        if (first == _dump || _refusing)
        {
            await FailAsync(cancellationToken).ConfigureAwait(false);
        }

        _freezer?.Freeze();
    }

    /// <summary>Undoes the dump: the tasks run on where they were. A control group that was frozen before stays frozen, and the caller thaws it.</summary>
    /// <returns>Completes when CRIU has let go of the tasks.</returns>
    /// <exception cref="InvalidOperationException">The dump is not held.</exception>
    public async Task RollbackAsync()
    {
        Settle();
        _postDump.Decide(accept: false);
        if (await Task.WhenAny(_dump!, Task.Delay(RollbackLimit)).ConfigureAwait(false) != _dump)
        {
            // The kernel detaches a killed tracer: the tasks run on in this case too.
            await _worker.KillAsync().ConfigureAwait(false);
        }

        await EndAsync().ConfigureAwait(false);
        await RemoveLeftLocksAsync().ConfigureAwait(false);
    }

    /// <summary>Makes the dump final: kills the stopped tasks, and the worker. Open connections end without a packet being sent.</summary>
    /// <returns>Completes when none of the tasks can execute any more.</returns>
    /// <exception cref="InvalidOperationException">The dump is not held.</exception>
    /// <exception cref="CriuException">A task did not end, for example because it is in another control group that is frozen; it does not run.</exception>
    /// <remarks>
    /// The worker is killed rather than answered: its copies of the tasks' connections are in repair mode then and close in silence, while CRIU would
    /// leave that mode before it closes them and so end connections that live on elsewhere. A network lock that it had set up with nftables is removed
    /// here, by the program <c>nft</c>; where that is missing the lock stays and is logged.
    /// </remarks>
    public async Task CommitAsync()
    {
        Settle();
        using TaskTree tree = TaskTree.Open(_processId);
        tree.Kill();
        _freezer?.LetKilledTasksEnd();

        // Before the wait: a thread that is traced stays until its tracer has reaped it or is gone, and CRIU waits for us.
        await _worker.KillAsync().ConfigureAwait(false);
        using var limit = new CancellationTokenSource(KillLimit);
        try
        {
            await tree.WaitForEndAsync(limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            throw new CriuException(
                $"A task of the tree of process {_processId} did not end within {KillLimit.TotalSeconds} seconds after SIGKILL; it is stopped and will end when its control group is thawed.",
                "COMMIT");
        }
        finally
        {
            await EndAsync().ConfigureAwait(false);
        }

        // Only now: a packet for a connection that has ended here would be answered with a reset.
        await Task.Run(RemoveNetworkLock).ConfigureAwait(false);
    }

    /// <summary>Undoes a dump that is held, ends the worker and frees the port.</summary>
    /// <returns>Completes when the worker is gone.</returns>
    public async ValueTask DisposeAsync()
    {
        if (_postDump.Reached.IsCompletedSuccessfully && !_settled)
        {
            await RollbackAsync().ConfigureAwait(false);
        }

        await ((Task)MappingsConfirmed).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _worker.DisposeAsync().ConfigureAwait(false);
        if (_hiding is not null)
        {
            await _hiding.DisposeAsync().ConfigureAwait(false);
        }

        _reservation.Dispose();
        _breakpointsOn.Dispose();
    }

    private async Task FailAsync(CancellationToken cancellationToken)
    {
        _settled = true;
        _postDump.Decide(accept: false);
        try
        {
            await _dump!.ConfigureAwait(false);
        }
        catch (CriuException exception) when (_refusing)
        {
            throw new OperationCanceledException("The dump was cancelled; the tasks run on.", exception, cancellationToken);
        }
        finally
        {
            await RemoveLeftLocksAsync().ConfigureAwait(false);
        }
    }

    private ValueTask<bool> AnswerAsync(CriuNotification notification) => notification.Kind switch
    {
        _ when _refusing => ValueTask.FromResult(false),
        CriuNotificationKind.PostDump => _postDump.HoldAsync(notification, CancellationToken.None),

        // The lazy server must never serve; it can not come this far while the port is occupied.
        CriuNotificationKind.StatusReady => ValueTask.FromResult(false),
        _ => ValueTask.FromResult(true),
    };

    private void RemoveNetworkLock() => RemoveLocks(() => NetworkLockTables.Remove(_options!.ImagesDirectory, _networkNamespace));

    /// <summary>A worker that was killed, or died by itself, has not removed its lock, and has not written the image that names it either.</summary>
    private Task RemoveLeftLocksAsync() => _worker.Ended.IsCompleted
        ? Task.Run(() => RemoveLocks(() => NetworkLockTables.RemoveAllBut(_locksBefore, _networkNamespace)))
        : Task.CompletedTask;

    private void RemoveLocks(Action remove)
    {
        if (_options is not { TcpEstablished: true, NetworkLock: CriuNetworkLock.Nftables })
        {
            return;
        }

        try
        {
            remove();
        }
        catch (Exception exception) when (exception is CriuException or IOException)
        {
            _logger.NetworkLockLeft(exception);
        }
    }

    private void Settle()
    {
        if (!_postDump.Reached.IsCompletedSuccessfully || _settled)
        {
            throw new InvalidOperationException("The dump is not held: it was not begun, has failed, or is settled already.");
        }

        _settled = true;
    }

    private async Task EndAsync()
    {
        // After a commit nobody hears this any more; it only ends the wait in our own handler.
        _postDump.Decide(accept: false);
        try
        {
            await _dump!.ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is CriuException or OperationCanceledException)
        {
            // Both ways of settling end in a failed request; that it has ended is what counts.
        }
    }
}
