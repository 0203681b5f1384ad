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
/// <para>With <see cref="LazyDumpOptions.HidesMemory"/> CRIU is shown processes without pages and dumps them in the ordinary way; a refused dump is undone. Where that is not possible it dumps lazily.</para>
/// <para>Refusing a lazy dump is not enough to undo it. CRIU would go on to listen for a lazy pages client on every
/// network address, with the tasks stopped, and take a client that comes and goes for success and kill them. So a port is occupied here before the
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
public sealed partial class LazyDump : IAsyncDisposable
{
    /// <summary>Up to here the comparison of mappings takes a millisecond and runs beside the dump; beyond, CRIU would wait for it, as both need the lock of the address space.</summary>
    private const long ComparedBesideTheDump = 64 << 20;

    private readonly LazyDumpOptions _options;
    private readonly Socket _reservation;
    private readonly DumpNetworkLock _networkLock;
    private readonly SafeFileHandle _breakpointsOn = PerfEvents.KeepOn();
    private readonly ILoggerFactory? _loggers;
    private readonly ILogger _logger;
    private MemoryHiding? _hiding;
    private HeldDump _dump;
    private MemoryHiding? _failedHiding;
    private HeldDump? _failedDump;
    private CriuDumpOptions? _dumped;
    private FreezerGroup? _freezer;
    private Task<HashSet<int>>? _comparing;
    private Task<bool>? _confirmed;
    private OmittedContent? _omitted;
    private bool _settled;

    private LazyDump(LazyDumpOptions options, Socket reservation, ILoggerFactory? loggers)
    {
        _options = options;
        _reservation = reservation;
        _loggers = loggers;
        _logger = (loggers ?? NullLoggerFactory.Instance).CreateLogger("U2CMigration.Criu");
        _networkLock = new DumpNetworkLock(options.Worker.NetworkNamespace.Length == 0 ? null : options.Worker.NetworkNamespace, _logger);
        _hiding = options.HidesMemory is null ? null : MemoryHiding.TryStart(options, loggers, _logger);
        _dump = StartDump();
    }

    /// <summary>The process id of the waiting worker.</summary>
    public int WorkerProcessId => _dump.Worker.ProcessId;

    /// <summary>Whether the images are complete and the tasks stopped.</summary>
    /// <value>False also when CRIU was killed from outside meanwhile: the tasks run on then, unless their control group is frozen.</value>
    public bool IsHeld => _dump.IsComplete && !_settled && !_dump.Worker.Ended.IsCompleted;

    /// <summary>The processes in whose images the pages are missing, because <see cref="LazyDumpOptions.HidesMemory"/> said so and it was possible.</summary>
    /// <value>Complete when <see cref="HoldAsync"/> has returned.</value>
    public IReadOnlyCollection<int> HiddenProcesses => _hiding?.Processes ?? [];

    /// <summary>Called in each attempt when all tasks are stopped and nothing of them was looked at. What it throws ends the attempt, and is thrown to the caller.</summary>
    internal Func<ValueTask>? TasksStopped { private get; set; }

    /// <summary>Whether CRIU saw the processes as they are, as far as that is known. If not, undo the dump and prepare another one.</summary>
    /// <value>
    /// False when a flag of a mapping was changed (madvise, mlock) between <see cref="ReadyAsync"/> and the freeze; null while only <see cref="ConfirmMappingsAsync"/> can tell, which is so when
    /// <see cref="HoldAsync"/> returns for more than 64 MiB of memory.
    /// </value>
    public bool? MappingsConfirmed => _hiding is null ? true : _confirmed is { IsCompletedSuccessfully: true } known ? known.Result : null;

    /// <summary>The mappings of a process and their flags, as <see cref="ReadyAsync"/> has read them; null when it has not.</summary>
    internal IReadOnlyList<(string Mapping, string Flags)>? MappingsOf(int processId) => _hiding?.Mappings.Of(processId);

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
        Socket reservation = PortReservation.Take(options.Worker.NetworkNamespace.Length == 0 ? null : options.Worker.NetworkNamespace, options.Port);
        try
        {
            return new LazyDump(options, reservation, loggerFactory);
        }
        catch
        {
            reservation.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Does for running processes what can be done before they are stopped: their mappings are read, so that CRIU need not wait for the kernel to add up their pages, 13 ms for a GiB, and
    /// covered, like their pages. The mappings are compared afterwards: see <see cref="ConfirmMappingsAsync"/>.
    /// </summary>
    /// <param name="processIds">The processes.</param>
    /// <param name="cancellationToken">Gives up; what was done does no harm.</param>
    /// <returns>Completes when it is done.</returns>
    /// <remarks>Called twice, some time apart, it leaves out the mappings of processes that change flags all the time. Without <see cref="LazyDumpOptions.HidesMemory"/> it does nothing.</remarks>
    public async Task ReadyAsync(IEnumerable<int> processIds, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(processIds);
        if (_hiding is { } hiding && !await hiding.ReadyAsync([.. processIds], cancellationToken).ConfigureAwait(false))
        {
            _hiding = null;
            await hiding.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Asks CRIU for the dump ahead of time: it reads its settings, some 2 ms, and waits before it has touched anything. <see cref="HoldAsync"/> with the same options continues from there; with
    /// others, or where memory cannot be hidden after all, CRIU is asked anew.
    /// </summary>
    /// <param name="options">What will be dumped.</param>
    /// <param name="cancellationToken">Gives up; what was done does no harm.</param>
    /// <returns>Completes when CRIU waits.</returns>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <exception cref="CriuException">CRIU cannot do it; the tasks run on.</exception>
    /// <remarks>Without <see cref="LazyDumpOptions.HidesMemory"/> it does nothing.</remarks>
    public async Task AskAsync(CriuDumpOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        await ReadyAsync([], cancellationToken).ConfigureAwait(false);
        if (_hiding is null || options.Equals(_dump.Asked))
        {
            return;
        }

        await AskAnewAsync().ConfigureAwait(false);
        await _dump.AskAsync(options, cancellationToken).ConfigureAwait(false);
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
        if (_dumped is not null)
        {
            throw new InvalidOperationException("This dump was begun already; prepare another one.");
        }

        _dumped = options;
        _freezer = FreezerGroup.FindFrozen(options.FreezeCgroup);
        try
        {
            await ReadyAsync([], cancellationToken).ConfigureAwait(false);
            await HoldTasksAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            _settled = true;
            await RemoveLeftLocksAsync().ConfigureAwait(false);
            throw;
        }

        _freezer?.Freeze();
        if (_comparing is not null)
        {
            await ConfirmMappingsAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Finds out whether CRIU saw the processes as they are; to be waited for before the dump is made final.</summary>
    /// <returns>As <see cref="MappingsConfirmed"/>.</returns>
    /// <remarks>The kernel adds up all pages for it, 13 ms for a GiB, and others who walk through the page tables of the processes at that time are slower for it. It begins with the first call.</remarks>
    public Task<bool> ConfirmMappingsAsync() => _confirmed ??= _hiding is { } hiding ? hiding.Mappings.ConfirmAsync(_comparing ?? hiding.Mappings.CompareAsync()) : Task.FromResult(true);

    /// <summary>Undoes a dump that is held, ends the worker and frees the port.</summary>
    /// <returns>Completes when the worker is gone.</returns>
    public async ValueTask DisposeAsync()
    {
        if (_dump.IsComplete && !_settled)
        {
            await RollbackAsync().ConfigureAwait(false);
        }

        await ((Task?)_confirmed ?? Task.CompletedTask).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await EndAsync(_dump).ConfigureAwait(false);
        if (_failedDump is not null)
        {
            await EndAsync(_failedDump).ConfigureAwait(false);
        }

        foreach (MemoryHiding hiding in new[] { _hiding, _failedHiding }.OfType<MemoryHiding>())
        {
            await hiding.DisposeAsync().ConfigureAwait(false);
        }

        _reservation.Dispose();
        _breakpointsOn.Dispose();
    }

    private HeldDump StartDump()
    {
        // Last, so that the numbers of the caller's own descriptors stay as documented.
        SafeHandle[] handles = [.. _options.Worker.InheritedHandles, _reservation.SafeHandle];
        return new HeldDump(CriuWorker.Start(_options.Worker with { InheritedHandles = handles }, _loggers), TasksStoppedAsync);
    }

    private async Task HoldTasksAsync(CancellationToken cancellationToken)
    {
        try
        {
            await HoldDumpAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            EndOmission();
        }
    }

    private async Task HoldDumpAsync(CancellationToken cancellationToken)
    {
        try
        {
            // A request is lazy or not, and cannot be changed once the tasks are stopped. Pages that CRIU sees all the same are in the images of an ordinary dump.
            CriuDumpOptions options = _hiding?.Cover(_dumped!.ProcessId) == true ? _dumped! : Lazy(_dumped!);
            if (!options.Equals(_dump.Asked))
            {
                await AskAnewAsync().ConfigureAwait(false);
            }

            await _dump.HoldAsync(options, cancellationToken).ConfigureAwait(false);
        }
        catch (IOException exception) when (_hiding is { } hiding)
        {
            // CRIU was refused, or not asked yet: the tasks are as they were. Once more, and with everything to be seen.
            _logger.HidingFailed(exception);
            (_failedDump, _failedHiding, _hiding) = (_dump, hiding, null);
            await _dump.UndoAsync().ConfigureAwait(false);
            _dump.Worker.Abandon();
            RemoveImages(_dumped!.ImagesDirectory);
            _dump = StartDump();
            await _dump.HoldAsync(Lazy(_dumped), cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>A worker is asked once; nothing was touched by this one.</summary>
    private async Task AskAnewAsync()
    {
        if (_dump.Asked is not { } asked)
        {
            return;
        }

        HeldDump refused = _dump;
        _dump = StartDump();
        await EndAsync(refused).ConfigureAwait(false);
        RemoveImages(asked.ImagesDirectory);
    }

    private static async Task EndAsync(HeldDump dump)
    {
        await dump.UndoAsync().ConfigureAwait(false);
        await dump.Worker.DisposeAsync().ConfigureAwait(false);
        dump.Dispose();
    }

    private CriuDumpOptions Lazy(CriuDumpOptions options) => options with { LazyPages = true, LazyPort = ((IPEndPoint)_reservation.LocalEndPoint!).Port };

    private void EndOmission()
    {
        if (_omitted is { } omitted)
        {
            _logger.ContentOmitted(omitted.Omitted);
            omitted.Dispose();
            _omitted = null;
        }
    }

    private async ValueTask<bool> TasksStoppedAsync()
    {
        if (TasksStopped is { } stopped)
        {
            await stopped().ConfigureAwait(false);
        }

        CoverContent();
        return true;
    }

    /// <summary>On one thread: it traces CRIU.</summary>
    private void CoverContent()
    {
        if (_hiding is { } hiding)
        {
            Hide(hiding);
        }

        EndOmission();
        _omitted = _options.OmitsContent is { } omits && _options.HasContentToOmit() ? OmittedContent.TryStart(WorkerProcessId, omits, _logger) : null;
    }

    private void Hide(MemoryHiding hiding)
    {
        if (_freezer is null)
        {
            // They ran until now.
            hiding.Cover(_dumped!.ProcessId);
        }

        _options.Exchanging?.Invoke(WorkerProcessId);
        hiding.Exchange(WorkerProcessId);
        if (hiding.Mappings.ResidentBytes <= ComparedBesideTheDump)
        {
            _comparing = hiding.Mappings.CompareAsync();
        }
    }

    private static void RemoveImages(string directory)
    {
        foreach (string image in Directory.EnumerateFiles(directory, "*.img"))
        {
            File.Delete(image);
        }
    }
}
