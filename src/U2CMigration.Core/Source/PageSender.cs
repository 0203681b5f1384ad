using System.Collections.Concurrent;
using System.Diagnostics;
using U2CMigration.Core.Convergence;
using U2CMigration.Core.Processes;
using U2CMigration.PageTracking;
using U2CMigration.PageTracking.Pages;
using U2CMigration.PageTracking.Reading;
using U2CMigration.PageTracking.SharedObjects;
using U2CMigration.PageTracking.Trackers;
using U2CMigration.Strategy.Rounds;
using U2CMigration.Transport.Codec;
using U2CMigration.Transport.Connections;
using U2CMigration.Transport.Messages;
using U2CMigration.Transport.Pages;

namespace U2CMigration.Core.Source;

/// <summary>Reads pages of the tree and sends them in batches.</summary>
/// <remarks>One batch is read while the one before is on its way. Pages that are gone by the time they are read are left out: they are reported again if they come back.</remarks>
internal sealed class PageSender(MigrationConnection connection, ProcessNumbers numbers, PageCodec? codec, ICopyObserver? copies = null, SharedObjectTracker? objects = null) : IDisposable
{
    private readonly Dictionary<int, SourceProcess> _processes = [];
    private readonly PageRange[] _ranges = new PageRange[PageBatch.MaxPages];
    private readonly ulong[] _unreadable = new ulong[PageBatch.MaxPages / 64];
    private readonly ConcurrentQueue<PageRun[]> _drops = [];
    private readonly ConcurrentQueue<MigrationMessage> _announcements = [];
    private PageBatch _filling = new();
    private PageBatch _sending = new();
    private Task _sent = Task.CompletedTask;
    private int _rangeCount;
    private int _processId;
    private SourceProcess? _process;

    /// <summary>All pages sent so far, zero pages among them.</summary>
    public long SentPages { get; private set; }

    /// <summary>The most pages in a batch; changed while nothing is sent. See <see cref="BatchSize"/>.</summary>
    public int BatchPages { get; set; } = PageBatch.MaxPages;

    /// <summary>How fast pages are read and encoded.</summary>
    public PreparingPace Preparing { get; } = new();

    /// <summary>What was taken for sending, for whoever looks at the dirty pages meanwhile.</summary>
    public SentRecord Record { get; } = new();

    /// <summary>Sends the newest content of pages, in the order of the set.</summary>
    /// <param name="pages">The pages. They must not change meanwhile.</param>
    /// <param name="sent">Is told the number of pages of each batch.</param>
    /// <param name="enough">Asked before each batch: whether to leave it at what was sent. Null to send all.</param>
    /// <param name="cancellationToken">Ends the migration.</param>
    public async Task SendAsync(PageSet pages, Action<long>? sent, Func<bool>? enough, CancellationToken cancellationToken)
    {
        connection.BeginPreparing();
        try
        {
            Record.BeginGroup();
            await DropAsync(cancellationToken).ConfigureAwait(false);
            for (int p = 0; p < pages.Processes.Count; p++)
            {
                if (TryBegin(pages.Processes[p].ProcessId) && await SendAsync(pages.Processes[p], sent, enough, cancellationToken).ConfigureAwait(false))
                {
                    break;
                }
            }

            await _sent.ConfigureAwait(false);
        }
        catch
        {
            // A batch that was encoded and not sent leaves the codec with a wrong idea of what the destination holds.
            codec?.Forget();
            throw;
        }
        finally
        {
            // A failed send must not leave the batch in use when the next one begins.
            await _sent.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _sent = Task.CompletedTask;
            _rangeCount = 0;
            _filling.Clear();
            connection.EndPreparing();
        }
    }

    /// <summary>What the codec did; null without one.</summary>
    public PageCodecStatistics? CodecStatistics => codec?.Statistics;

    /// <summary>What pages cost on the wire lately.</summary>
    public WireCosts Costs => codec is null ? WireCosts.Raw : new WireCosts(codec.NewPageBytes, codec.AgainPageBytes);

    /// <summary>Takes it that the destination does not hold some pages: they travel whole next time. Nothing may be sent meanwhile.</summary>
    /// <param name="run">The pages, in numbers of the images.</param>
    public void ForgetSent(PageRun run) => codec?.Forget(run);

    /// <summary>Tells the destination to forget pages. It is told between two batches, as a batch may build on pages sent before it.</summary>
    /// <param name="runs">The pages, in numbers of the images.</param>
    /// <remarks>May be called while pages are sent.</remarks>
    public void Drop(PageRun[] runs) => _drops.Enqueue(runs);

    /// <summary>Tells the destination something before the next pages.</summary>
    /// <param name="message">What.</param>
    /// <remarks>May be called while pages are sent.</remarks>
    public void Announce(MigrationMessage message) => _announcements.Enqueue(message);

    /// <summary>Closes what is held for processes that have ended.</summary>
    public void Forget(int processId)
    {
        if (_processes.Remove(processId, out SourceProcess? process))
        {
            process.Dispose();
        }
    }

    public void Dispose()
    {
        foreach (SourceProcess process in _processes.Values)
        {
            process.Dispose();
        }
    }

    /// <summary>Sends pages of the process that was begun, up to where it ends.</summary>
    /// <returns>Whether to leave it at what was sent.</returns>
    private async ValueTask<bool> SendAsync(ProcessPages pages, Action<long>? sent, Func<bool>? enough, CancellationToken cancellationToken)
    {
        for (int r = 0; r < pages.Ranges.Length; r++)
        {
            PageRange range = pages.Ranges[r];
            while (range.Start < range.End && _process is not null)
            {
                if (_rangeCount == 0 && enough is not null && enough())
                {
                    return true;
                }

                range = Take(range);
                if (_filling.PageCount >= BatchPages)
                {
                    await FlushAsync(sent, cancellationToken).ConfigureAwait(false);
                }
            }
        }

        await FlushAsync(sent, cancellationToken).ConfigureAwait(false);
        return false;
    }

    /// <returns>False when the process has ended.</returns>
    private bool TryBegin(int processId)
    {
        _processId = processId;
        if (!_processes.TryGetValue(processId, out _process))
        {
            _process = SourceProcess.TryOpen(processId, numbers, objects);
            if (_process is null)
            {
                return false;
            }

            _processes.Add(processId, _process);
        }

        return true;
    }

    private PageRange Take(PageRange range)
    {
        int pages = (int)Math.Min(range.Pages, BatchPages - _filling.PageCount);
        ulong end = range.Start + ((ulong)pages << PageSize.Shift);
        Record.Add(_processId, range.Start, end);
        _filling.Add(_process!.NumberInImages, range.Start, pages);
        _ranges[_rangeCount++] = new PageRange(range.Start, end);
        return range with { Start = end };
    }

    private async Task FlushAsync(Action<long>? sent, CancellationToken cancellationToken)
    {
        if (_filling.PageCount == 0)
        {
            return;
        }

        await DropAsync(cancellationToken).ConfigureAwait(false);
        long preparing = Stopwatch.GetTimestamp();
        Read();
        Seal();
        Preparing.Add(_filling.SentPages, preparing);
        await _sent.ConfigureAwait(false);
        (_filling, _sending) = (_sending, _filling);
        SentPages += _sending.SentPages;
        sent?.Invoke(_sending.SentPages);
        _sent = connection.SendPagesAsync(_sending, cancellationToken).AsTask();
        _filling.Clear();
        _rangeCount = 0;
    }

    private async ValueTask DropAsync(CancellationToken cancellationToken)
    {
        while (_announcements.TryDequeue(out MigrationMessage? message))
        {
            await _sent.ConfigureAwait(false);
            await connection.SendAsync(message, cancellationToken).ConfigureAwait(false);
        }

        while (_drops.TryDequeue(out PageRun[]? runs))
        {
            await _sent.ConfigureAwait(false);
            foreach (PageRun run in runs)
            {
                ForgetSent(run);
            }

            foreach (PagesDropped message in PagesDropped.Of(runs))
            {
                await connection.SendAsync(message, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private void Seal()
    {
        if (codec is not null)
        {
            double measured = connection.Statistics.AcknowledgedBytesPerSecond;
            codec.BytesPerSecond = connection.RateLimitBytesPerSecond is > 0 and var limit ? Math.Min(limit, measured) : measured;
        }

        _filling.Seal(codec);
    }

    private void Read()
    {
        var unreadable = new PageBitmap(_unreadable);
        if (TryRead(unreadable) is 0)
        {
            return;
        }

        for (int i = 0; i < _filling.PageCount; i++)
        {
            if (unreadable[i])
            {
                _filling.Exclude(i);
            }
        }
    }

    /// <summary>Returns the number of pages that could not be read; all of them when the process has ended, which a child may do at any time.</summary>
    private int TryRead(PageBitmap unreadable)
    {
        try
        {
            ReadOnlySpan<PageRange> ranges = _ranges.AsSpan(0, _rangeCount);
            copies?.BeginCopy(_processId, ranges);
            int missing = _process!.Read(ranges, _filling.Memory, unreadable);
            copies?.EndCopy(_processId, ranges, _filling.Memory, unreadable);
            return missing;
        }
        catch (PageTrackingException e) when (e.IsProcessGone)
        {
            // Whoever has its number next is another process, to be opened afresh.
            Forget(_processId);
            _process = null;
            for (int i = 0; i < _filling.PageCount; i++)
            {
                unreadable.Set(i);
            }

            return _filling.PageCount;
        }
    }
}
