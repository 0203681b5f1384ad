using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Win32.SafeHandles;
using U2CMigration.Criu.LazyPages.Handover;
using U2CMigration.Criu.LazyPages.Serving;

namespace U2CMigration.Criu.LazyPages;

/// <summary>Stands in for <c>criu lazy-pages</c>: installs the pages that a lazy restore left out, straight from this process's memory.</summary>
/// <remarks>
/// <para>Order: <see cref="Listen"/>; start CRIU's restore with lazy pages and the same work directory; await <see cref="MemoryRegistered"/>;
/// <see cref="InstallAsync"/> what is hot while the processes are still stopped; let CRIU resume them; <see cref="BeginFill"/>; await <see cref="Completion"/>.</para>
/// <para>The restored processes depend on this object until <see cref="Completion"/>: a page that was not installed when its userfaultfd is
/// closed reads as zeros from then on. This also happens when this program dies. userfaultfd: Linux 4.11; the events that CRIU asks for need CAP_SYS_PTRACE.</para>
/// <para>Safe for concurrent use.</para>
/// </remarks>
/// <example><code>
/// await using LazyPagesDaemon daemon = LazyPagesDaemon.Listen(new LazyPagesOptions { WorkDirectory = work }, store, tasks);
/// Task restore = RestoreLazilyAsync(work);            // CRIU, held before it resumes
/// await daemon.MemoryRegistered;
/// await daemon.InstallAsync(hot, TimeSpan.FromMilliseconds(10));
/// await ResumeAsync();
/// daemon.BeginFill();
/// LazyPagesResult filled = await daemon.Completion;
/// </code></example>
public sealed class LazyPagesDaemon : IAsyncDisposable
{
    private readonly LazyPagesOrders _orders = new();
    private readonly LazyPagesPromises _promises = new();
    private readonly ILogger _logger;
    private readonly Thread _thread;

    private LazyPagesDaemon(
        LazyPagesOptions options, ILazyPageSource source, IReadOnlyList<LazyTask> tasks, ILoggerFactory? loggerFactory, ServingRecord? record = null,
        IReadOnlyDictionary<int, SafeFileHandle>? taken = null)
    {
        _logger = (loggerFactory ?? NullLoggerFactory.Instance).CreateLogger("U2CMigration.Criu");
        LazyPagesLoop loop;
        try
        {
            loop = new LazyPagesLoop(options, source, tasks, _orders, _promises, _logger, record, taken);
        }
        catch
        {
            _orders.Dispose();
            throw;
        }

        // Not the thread pool: a restored process must not wait behind other work of this program.
        _thread = new Thread(() => Serve(loop)) { IsBackground = true, Name = "U2C lazy pages" };
        _thread.Start();
    }

    /// <summary>Ends when CRIU has registered all memory, before it resumes the processes; fails when the restore ends before.</summary>
    public Task MemoryRegistered => _promises.MemoryRegistered;

    /// <summary>Ends when every page is in and every userfaultfd is closed; fails with a <see cref="CriuException"/> when that can not be reached any more.</summary>
    public Task<LazyPagesResult> Completion => _promises.Completion;

    /// <summary>Whether the serving continues although it was disposed: it has failed, and the restored processes would read zeros without what is left of it. The pages are in use until this program ends.</summary>
    internal bool GoesOn => _promises.GoesOn is { IsCompletedSuccessfully: true, Result: true };

    /// <summary>Makes the socket that CRIU's restore will connect to, and begins to serve it.</summary>
    /// <param name="options">Where and how.</param>
    /// <param name="source">Holds the pages; asked by one thread until <see cref="Completion"/>.</param>
    /// <param name="tasks">The processes of the images with their lazy pages; a process that is missing here has none.</param>
    /// <param name="loggerFactory">Receives logs of the category <c>U2CMigration.Criu</c>.</param>
    /// <exception cref="ArgumentException">The options are not usable, or a process is listed twice.</exception>
    /// <exception cref="CriuException">The socket cannot be made. Nothing was restored yet.</exception>
    public static LazyPagesDaemon Listen(LazyPagesOptions options, ILazyPageSource source, IReadOnlyList<LazyTask> tasks, ILoggerFactory? loggerFactory = null) =>
        ListenAndRecord(options, source, tasks, loggerFactory, null);

    /// <summary>The same with a record from which a successor could continue.</summary>
    internal static LazyPagesDaemon ListenAndRecord(LazyPagesOptions options, ILazyPageSource source, IReadOnlyList<LazyTask> tasks, ILoggerFactory? loggerFactory, ServingRecord? record)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(tasks);
        options.Validate();
        return new LazyPagesDaemon(options, source, tasks, loggerFactory, record);
    }

    /// <summary>Continues where a program has stopped that was killed: all memory is registered, and the processes run.</summary>
    /// <param name="options">How; the work directory is not used.</param>
    /// <param name="source">Holds the pages.</param>
    /// <param name="tasks">What the predecessor began with.</param>
    /// <param name="loggerFactory">Receives logs.</param>
    /// <param name="record">What the predecessor has written down.</param>
    /// <param name="taken">The descriptors of its members; closed by this.</param>
    /// <exception cref="CriuException">Memory was lost, and the processes must end.</exception>
    internal static LazyPagesDaemon GoOn(
        LazyPagesOptions options, ILazyPageSource source, IReadOnlyList<LazyTask> tasks, ILoggerFactory? loggerFactory, ServingRecord record,
        IReadOnlyDictionary<int, SafeFileHandle> taken) => new(options, source, tasks, loggerFactory, record, taken);

    /// <summary>Installs pages while the processes are still stopped, the most important first.</summary>
    /// <remarks>
    /// May be called before <see cref="MemoryRegistered"/>, even before the restore is started: each process is filled from the moment CRIU has registered its
    /// memory, inside the budget. Pages that are in already are skipped.
    /// </remarks>
    /// <param name="ranges">The pages in the order of their importance; must not change until the call has ended.</param>
    /// <param name="budget">The longest time to spend; <see cref="Timeout.InfiniteTimeSpan"/> for as long as it takes.</param>
    /// <param name="cancellationToken">Ends the call; pages that are in stay in.</param>
    /// <returns>The number of pages that were installed.</returns>
    /// <exception cref="CriuException">The serving has failed or is over.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled; the serving goes on.</exception>
    public async ValueTask<long> InstallAsync(ReadOnlyMemory<LazyPageRange> ranges, TimeSpan budget, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (budget != Timeout.InfiniteTimeSpan)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(budget, TimeSpan.Zero);
        }

        var request = new InstallRequest(ranges, budget, cancellationToken);
        _orders.Add(request);
        return await request.Completion.ConfigureAwait(false);
    }

    /// <summary>Begins to install everything that is still missing; call it when the processes run again. Later calls do nothing.</summary>
    /// <param name="first">The pages to begin with, in the order of their importance; the rest follows in ascending order. Must not change until <see cref="Completion"/>.</param>
    public void BeginFill(ReadOnlyMemory<LazyPageRange> first = default) => _orders.Fill(first);

    /// <summary>Gives up: closes every userfaultfd at once. Only for restored processes that are dead or about to be killed.</summary>
    /// <remarks>A process that lives on reads zeros in place of every page that was not installed, without any error: its data is destroyed.</remarks>
    public void Abandon()
    {
        _orders.Stop();
        _thread.Join();
    }

    /// <summary>Ends the serving without harm to a restored process.</summary>
    /// <remarks>
    /// Before <see cref="MemoryRegistered"/> CRIU's restore is cut off, so that it fails and kills what it has restored. After it,
    /// everything missing is installed first, which takes moments, also when the processes were killed. When the serving had failed, the descriptors
    /// stay open: see <see cref="Abandon"/>.
    /// </remarks>
    public async ValueTask DisposeAsync()
    {
        _orders.Leave();
        if (await _promises.GoesOn.ConfigureAwait(false))
        {
            Log.LeftOpen(_logger);
            return;
        }

        _thread.Join();
    }

    private static void Serve(LazyPagesLoop loop)
    {
        using (loop)
        {
            loop.Run();
        }
    }
}
