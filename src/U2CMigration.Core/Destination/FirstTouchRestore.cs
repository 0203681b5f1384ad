using U2CMigration.Core.Filling;
using U2CMigration.Core.PageStores;
using U2CMigration.Core.Results;
using U2CMigration.Criu.Images;
using U2CMigration.Criu.LazyPages;
using U2CMigration.Criu.Options;
using U2CMigration.Criu.Rpc;
using U2CMigration.Transport.Pages;

namespace U2CMigration.Core.Destination;

/// <summary>The processes resume without their memory and get each page when they touch it, from the store next to them.</summary>
internal sealed class FirstTouchRestore(
    DestinationContext context, HeldRestore restore, PageStore store, ILazyPageSource source, IReadOnlyList<LazyTask> tasks, RecentPages recent,
    IReadOnlyList<CriuInheritedDescriptor> given, PagePlacing placing, KeptFill? kept) : IRestore
{
    /// <summary>Installing a page before the resume costs a microsecond of downtime, a touch after it some tens to the workload.</summary>
    private static readonly TimeSpan PreinstallBudget = TimeSpan.FromMilliseconds(5);

    private readonly PageGate _gate = new(source);
    private LazyPagesDaemon? _daemon;
    private LazyPageRange[] _hottest = [];
    private Task _installing = Task.CompletedTask;
    private Task _filling = Task.CompletedTask;

    // CRIU's end, good or bad, changes nothing once the processes are complete and frozen.
    private Task _ended = Task.CompletedTask;
    private bool _resumed;

    public bool StillServes => _daemon?.GoesOn == true;

    public async Task<int> HoldAsync(Task pagesComplete, CancellationToken cancellationToken)
    {
        _daemon = LazyPagesDaemon.ListenAndRecord(new LazyPagesOptions { WorkDirectory = context.ImagesDirectory }, _gate, tasks, context.Loggers, kept?.Record);
        if (placing != PagePlacing.None)
        {
            await PlaceAsync(placing == PagePlacing.AtOnce ? Task.CompletedTask : pagesComplete, context.ImagesDirectory, store, cancellationToken).ConfigureAwait(false);
            context.Options.Faults?.InPlacedPages?.Invoke(new ImageDirectory(context.ImagesDirectory));
        }

        Reservations.Mark(new ImageDirectory(context.ImagesDirectory));
        Task<int> holding = restore.HoldAsync(RestoreOptions.For(context, lazyPages: true, given), cancellationToken);
        try
        {
            await pagesComplete.WaitAsync(cancellationToken).ConfigureAwait(false);
            kept?.Describe(tasks, store);
        }
        finally
        {
            // Also on failure: the daemon's thread must not wait for pages that will not come.
            _gate.Open();
        }

        return await holding.ConfigureAwait(false);
    }

    /// <summary>Writes the pages that CRIU wants in the pages files; it reads those as soon as it begins.</summary>
    internal static async Task PlaceAsync(Task pagesComplete, string imagesDirectory, PageStore store, CancellationToken cancellationToken)
    {
        await pagesComplete.WaitAsync(cancellationToken).ConfigureAwait(false);
        await Task.Run(() => PagemapRewriter.PlaceMissing(new ImageDirectory(imagesDirectory), Move, cancellationToken), cancellationToken).ConfigureAwait(false);

        // It is not needed twice. Memory that many processes have in common is here for each of them, until it is shared again.
        void Move(int processId, ulong address, Span<byte> pages)
        {
            store.CopyTo(processId, address, pages);
            store.Release(processId, address, pages.Length / PageBatch.PageBytes);
        }
    }

    public async Task InstallAsync(ReadOnlyMemory<LazyPageRange> pages, TimeSpan budget, CancellationToken cancellationToken)
    {
        if (!pages.IsEmpty)
        {
            await _daemon!.InstallAsync(pages, budget, cancellationToken).ConfigureAwait(false);
        }
    }

    public async Task FinishAsync(Action freeze)
    {
        await restore.UnlockAsync().ConfigureAwait(false);
        freeze();
        _ended = restore.ResumeAsync();
        await _daemon!.MemoryRegistered.ConfigureAwait(false);

        // In the time in which the source is told and commits. What is touched before it is done waits no longer than this takes.
        _hottest = recent.LatestFirst();
        _installing = _daemon.InstallAsync(_hottest, PreinstallBudget).AsTask();
    }

    public void Begin()
    {
        _resumed = true;
        _filling = FillAsync();
    }

    public async Task<FillReport?> CompleteAsync()
    {
        await _filling.ConfigureAwait(false);
        LazyPagesResult result = await _daemon!.Completion.ConfigureAwait(false);
        return new FillReport
        {
            Duration = result.FillDuration,
            PreinstalledPages = result.PagesInstalledAhead,
            FirstTouches = result.TouchesServed,
            LongestTouch = result.LongestTouchWait,
        };
    }

    public async ValueTask DisposeAsync()
    {
        // First the processes, then their pages: the other way round they would read zeros.
        await restore.DisposeAsync().ConfigureAwait(false);
        await _installing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _filling.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_daemon is not null)
        {
            if (!_resumed)
            {
                _daemon.Abandon();
            }

            await _daemon.DisposeAsync().ConfigureAwait(false);
            if (_resumed && !_daemon.Completion.IsCompletedSuccessfully)
            {
                // It has failed, and the processes wait: another program may be able to give them what is missing.
                kept?.Leave();
            }
        }

        await _ended.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!StillServes)
        {
            _gate.Dispose();
        }
    }

    private async Task FillAsync()
    {
        try
        {
            await _installing.ConfigureAwait(false);
        }
        finally
        {
            _daemon!.BeginFill(_hottest);
        }
    }
}
