using System.Globalization;
using U2CMigration.Core.PageStores;
using U2CMigration.Criu.Images;
using U2CMigration.Criu.LazyPages;
using U2CMigration.PageTracking.Pages;
using U2CMigration.PageTracking.Reading;
using U2CMigration.Transport.Frames;
using U2CMigration.Transport.Messages;
using U2CMigration.Transport.Pages;

namespace U2CMigration.Core.Destination.Verification;

/// <summary>Compares the memory of the restored processes with that of the frozen ones: docs/decisions/0013.</summary>
internal sealed class RestoredMemory(DestinationContext context, PageStore store, InstallLedger? ledger, IReadOnlyList<ImageChecksum> received, IReadOnlyDictionary<ulong, int> objects) : IAsyncDisposable
{
    /// <summary>Of the lazy pages that are compared while the tree is held, those that are not installed beforehand: they come as a touch does.</summary>
    private const int TouchedRuns = 8;

    private static readonly TimeSpan InstallBudget = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan InstallBudgetOfAPage = TimeSpan.FromMicroseconds(20);

    /// <summary>Not from a pool: a read that was given up may still write to it.</summary>
    private readonly byte[] _memory = GC.AllocateUninitializedArray<byte>(PageBatch.MaxPages * PageSize.Bytes);
    private readonly List<PageRange> _ranges = [];
    private Task _prepared = Task.CompletedTask;
    private RestoredReader? _reader;
    private GivenPages? _given;

    /// <summary>Reads what the images say and runs through the code once, while CRIU restores: both would be part of the downtime otherwise.</summary>
    public void Prepare() => _prepared = Task.Run(() =>
    {
        _given = new GivenPages(new ImageDirectory(context.ImagesDirectory), received, store, ledger, objects);
        Rehearse();
    });

    /// <summary>Compares while the tree is held.</summary>
    /// <param name="rootProcessId">Its root.</param>
    /// <param name="expected">What the source sends.</param>
    /// <param name="restore">Installs lazy pages.</param>
    /// <param name="cancellationToken">Ends the wait; a page that is waited for then comes, or its process ends.</param>
    /// <exception cref="MemoryMismatchException">They differ.</exception>
    public async Task CompareHeldAsync(int rootProcessId, ExpectedPages expected, IRestore restore, CancellationToken cancellationToken)
    {
        await _prepared.WaitAsync(cancellationToken).ConfigureAwait(false);
        _reader = new RestoredReader(rootProcessId);
        IReadOnlyList<HeldSample> samples = await expected.Complete.WaitAsync(cancellationToken).ConfigureAwait(false);
        LazyPageRange[] lazy =
        [
            .. samples.SelectMany(static sample => sample.Runs).Where(run => IsLazy(run.ProcessId, run.Address))
                .Select(static run => new LazyPageRange(run.ProcessId, run.Address, run.Pages)),
        ];
        TimeSpan budget = InstallBudget + (InstallBudgetOfAPage * lazy.Sum(static run => run.Pages));
        await restore.InstallAsync(lazy.AsMemory(0, Math.Max(0, lazy.Length - TouchedRuns)), budget, cancellationToken).ConfigureAwait(false);
        List<HeldPage> mismatches = await ReadAsync(samples, cancellationToken).ConfigureAwait(false);
        if (mismatches.Any(page => page.IsUnreadable && IsLazy(page.ProcessId, page.Address)))
        {
            // What the process itself may not touch (PROT_NONE) is read on a way that does not wait for pages: they have to be there.
            LazyPageRange[] absent = [.. mismatches.Where(page => IsLazy(page.ProcessId, page.Address)).Select(static page => new LazyPageRange(page.ProcessId, page.Address, 1))];
            await restore.InstallAsync(absent, InstallBudget, cancellationToken).ConfigureAwait(false);
            HeldSample[] again = [.. mismatches.Select(static page => new HeldSample([new PageRun(page.ProcessId, page.Address, 1)], new[] { page.Checksum }, IsLast: false))];
            mismatches = await ReadAsync(again, cancellationToken).ConfigureAwait(false);
        }

        long pages = samples.Sum(static sample => (long)sample.Checksums.Length);
        if (mismatches.Count > 0)
        {
            throw new MemoryMismatchException(string.Create(
                CultureInfo.InvariantCulture,
                $"The restored processes do not have the memory of the frozen ones: {mismatches.Count} of the {pages} pages that were compared differ, the first at 0x{mismatches[0].Address:x} of process {mismatches[0].ProcessId} (as numbered in the images)."));
        }
    }

    /// <summary>Compares while the tree is held, page by page as the source asks: installs them first. For a source that has to end its copy before the tree runs.</summary>
    public async Task<MigrationMessage> CompareAllHeldAsync(VerifyPages message, IRestore restore)
    {
        var lazy = new List<LazyPageRange>();
        for (int page = 0; page < message.Checksums.Length; page++)
        {
            ulong address = message.Address + ((ulong)page << PageSize.Shift);
            if (IsLazy(message.ProcessId, address))
            {
                lazy.Add(new LazyPageRange(message.ProcessId, address, 1));
            }
        }

        await restore.InstallAsync(lazy.ToArray(), Timeout.InfiniteTimeSpan, CancellationToken.None).ConfigureAwait(false);
        return await Task.Run(() => Compare(message)).ConfigureAwait(false);
    }

    /// <summary>Compares once the tree runs and every page is installed.</summary>
    public Compared Compare(VerifyPages message)
    {
        long equal = 0;
        long changed = 0;
        long mismatched = 0;
        var first = new List<ulong>();
        var unreadable = new PageBitmap(stackalloc ulong[PageBatch.MaxPages / 64]);
        ReadOnlySpan<ulong> checksums = message.Checksums.Span;
        for (int done = 0; done < checksums.Length;)
        {
            int pages = Math.Min(PageBatch.MaxPages, checksums.Length - done);
            ulong start = message.Address + ((ulong)done << PageSize.Shift);
            unreadable.Clear();
            bool isThere = _reader!.TryRead(message.ProcessId, [new PageRange(start, start + ((ulong)pages << PageSize.Shift))], _memory, unreadable);
            for (int page = 0; page < pages; page++)
            {
                ulong address = start + ((ulong)page << PageSize.Shift);
                if (isThere && !unreadable[page] && PageChecksum.Of(_memory.AsSpan(page * PageSize.Bytes, PageSize.Bytes)) == checksums[done + page])
                {
                    equal++;
                }
                else if (_given!.Matches(message.ProcessId, address, checksums[done + page], !isThere))
                {
                    changed++;
                }
                else
                {
                    mismatched++;
                    if (first.Count < ProtocolLimits.MaxListEntries)
                    {
                        first.Add(address);
                    }
                }
            }

            done += pages;
        }

        return new Compared(message.ProcessId, equal, changed, mismatched, first);
    }

    public async ValueTask DisposeAsync()
    {
        await _prepared.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _reader?.Dispose();
        _given?.Dispose();
    }

    private bool IsLazy(int processId, ulong address) => ledger is not null && ledger.Find(processId, address, out _) != InstallLedger.State.Unknown;

    /// <summary>On a thread of its own, which waits for pages in the kernel: only the end of the restored processes ends that.</summary>
    private async Task<List<HeldPage>> ReadAsync(IReadOnlyList<HeldSample> samples, CancellationToken cancellationToken)
    {
        var mismatches = new List<HeldPage>();
        Task reading = Task.Factory.StartNew(
            () =>
            {
                foreach (HeldSample sample in samples)
                {
                    CompareHeld(sample, mismatches);
                }
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
        await reading.WaitAsync(cancellationToken).ConfigureAwait(false);
        return mismatches;
    }

    private unsafe void Rehearse()
    {
        using var reader = RestoredReader.OfThisProcess();
        _reader = reader;
        fixed (byte* memory = _memory)
        {
            ulong page = ((ulong)memory + PageSize.Bytes - 1) & ~((ulong)PageSize.Bytes - 1);
            CompareHeld(new HeldSample([new PageRun(Environment.ProcessId, page, 1)], new ulong[1], IsLast: true), []);
        }

        _reader = null;
    }

    /// <summary>Compares what is in one message, up to 256 pages of a process with each system call.</summary>
    private void CompareHeld(HeldSample sample, List<HeldPage> mismatches)
    {
        int next = 0;
        int processId = 0;
        int pages = 0;
        foreach (PageRun run in sample.Runs)
        {
            for (ulong at = run.Address; at < run.End;)
            {
                if (pages == PageBatch.MaxPages || run.ProcessId != processId)
                {
                    CompareRanges(processId, sample.Checksums.Span.Slice(next, pages), mismatches);
                    (next, pages, processId) = (next + pages, 0, run.ProcessId);
                }

                ulong end = Math.Min(run.End, at + ((ulong)(PageBatch.MaxPages - pages) << PageSize.Shift));
                _ranges.Add(new PageRange(at, end));
                pages += (int)((end - at) >> PageSize.Shift);
                at = end;
            }
        }

        CompareRanges(processId, sample.Checksums.Span.Slice(next, pages), mismatches);
    }

    private void CompareRanges(int processId, ReadOnlySpan<ulong> checksums, List<HeldPage> mismatches)
    {
        if (checksums.IsEmpty)
        {
            return;
        }

        var unreadable = new PageBitmap(stackalloc ulong[PageBatch.MaxPages / 64]);
        bool isThere = _reader!.TryRead(processId, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_ranges), _memory, unreadable);
        int page = 0;
        foreach (PageRange range in _ranges)
        {
            for (ulong at = range.Start; at < range.End; at += PageSize.Bytes, page++)
            {
                ReadOnlySpan<byte> now = _memory.AsSpan(page * PageSize.Bytes, PageSize.Bytes);
                bool isRight = isThere && !unreadable[page] && (PageChecksum.Of(now) == checksums[page] || _given!.DiffersByTheKernelOnly(processId, at, checksums[page], now));
                if (!isRight)
                {
                    mismatches.Add(new HeldPage(processId, at, checksums[page], !isThere || unreadable[page]));
                }
            }
        }

        _ranges.Clear();
    }

    /// <summary>A page of the held tree that is not as it should be.</summary>
    private readonly record struct HeldPage(int ProcessId, ulong Address, ulong Checksum, bool IsUnreadable);
}
