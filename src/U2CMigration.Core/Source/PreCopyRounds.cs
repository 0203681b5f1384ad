using System.Diagnostics;
using U2CMigration.Core.Logging;
using U2CMigration.Core.Results;
using U2CMigration.PageTracking.Pages;
using U2CMigration.PageTracking.Trackers;
using U2CMigration.Strategy.Rounds;
using U2CMigration.Strategy.Strategies;
using U2CMigration.Transport.Connections;
using U2CMigration.Transport.Messages;
using U2CMigration.Transport.Pages;

namespace U2CMigration.Core.Source;

/// <summary>Sends round after round of dirty pages while the workload runs, until the strategy or a limit says stop.</summary>
internal sealed class PreCopyRounds(
    SourceContext context, IPageTracker tracker, IMigrationStrategy strategy, PageSender sender, MigrationConnection connection, SourceDialogue dialogue)
{
    /// <summary>Assumed until measured: CRIU needs about this long to dump and restore the state of a service (docs/results.md).</summary>
    private static readonly TimeSpan AssumedFixedDowntime = TimeSpan.FromMilliseconds(100);

    /// <summary>Below this, a round says more about latency than about bandwidth.</summary>
    private const long LeastBytesToMeasure = 1 << 20;

    private readonly List<RoundReport> _rounds = [];
    private RoundOutcome? _previous;
    private double _bandwidth;
    private long _resident;

    /// <summary>The rounds so far.</summary>
    public IReadOnlyList<RoundReport> Rounds => _rounds;

    /// <summary>The bytes per second that the destination acknowledged lately; 0 while unknown.</summary>
    public double BytesPerSecond => _bandwidth;

    /// <summary>Runs the rounds.</summary>
    /// <param name="pending">Receives the pages that were found dirty last and not sent.</param>
    /// <param name="cancellationToken">Ends the migration.</param>
    public async Task RunAsync(PageSet pending, CancellationToken cancellationToken)
    {
        var known = new HashSet<int>();
        for (int round = 0; ; round++)
        {
            TimeSpan start = context.Clock.Elapsed;
            pending.Clear();
            await Task.Run(() => tracker.Collect(pending, cancellationToken), cancellationToken).ConfigureAwait(false);
            await DropEndedAsync(known, cancellationToken).ConfigureAwait(false);
            if (round == 0)
            {
                _resident = pending.PageCount;
            }

            if (ShouldStop(round, pending.PageCount))
            {
                return;
            }

            await SendAsync(round, start, pending, cancellationToken).ConfigureAwait(false);
        }
    }

    private bool ShouldStop(int round, long pendingPages)
    {
        var observation = new RoundObservation
        {
            Round = round,
            PendingPages = pendingPages,
            ResidentPages = _resident,
            BandwidthBytesPerSecond = _bandwidth,
            Elapsed = context.Clock.Elapsed,
            Previous = _previous,
            FixedDowntime = AssumedFixedDowntime,
        };
        double copySeconds = _bandwidth > 0 ? pendingPages * (double)PageSize.Bytes / _bandwidth : 0;
        context.Progress.Update(
            static (now, state) => now with { Round = state.round, RoundPages = state.pendingPages, RoundPagesSent = 0, ExpectedDowntime = state.expected },
            (round, pendingPages, expected: AssumedFixedDowntime + TimeSpan.FromSeconds(copySeconds)),
            atOnce: true);
        return strategy.Decide(observation) == RoundDecision.StopAndCopy
            || round >= context.Options.MaxRounds
            || context.Clock.Elapsed >= context.Options.MaxDuration;
    }

    private async Task SendAsync(int round, TimeSpan start, PageSet pending, CancellationToken cancellationToken)
    {
        long sentBefore = sender.SentPages;
        long bytesBefore = connection.Statistics.WireBytesSent;
        long sendStart = Stopwatch.GetTimestamp();
        await sender.SendAsync(pending, ReportSent, cancellationToken).ConfigureAwait(false);
        long sentPages = sender.SentPages - sentBefore;
        await connection.SendAsync(new RoundEnd(round, sentPages, connection.Statistics.WireBytesSent - bytesBefore), cancellationToken).ConfigureAwait(false);
        await dialogue.ExpectAsync<RoundAck>(cancellationToken).ConfigureAwait(false);
        TimeSpan sending = Stopwatch.GetElapsedTime(sendStart);

        long wireBytes = connection.Statistics.WireBytesSent - bytesBefore;
        if (wireBytes >= LeastBytesToMeasure || _bandwidth == 0)
        {
            _bandwidth = wireBytes / sending.TotalSeconds;
        }

        _previous = new RoundOutcome(pending.PageCount, sentPages, sending);
        _rounds.Add(new RoundReport
        {
            Index = round,
            Start = start,
            Duration = context.Clock.Elapsed - start,
            DirtyPages = pending.PageCount,
            SentPages = sentPages,
            HeldPages = 0,
            WireBytes = wireBytes,
        });
        context.Logger.RoundDone(round, pending.PageCount, sentPages, sending.TotalMilliseconds, _bandwidth);
        context.Progress.Update(
            static (now, bandwidth) => now with { RoundPagesSent = now.RoundPages, BytesPerSecond = bandwidth }, _bandwidth, atOnce: true);
    }

    private void ReportSent(long pages) => context.Progress.Update(
        static (now, state) => now with { RoundPagesSent = now.RoundPagesSent + state.pages, WireBytes = state.bytes },
        (pages, bytes: connection.Statistics.WireBytesSent),
        atOnce: false);

    /// <summary>The store must not keep pages of processes that have ended: their number may be used again.</summary>
    private async Task DropEndedAsync(HashSet<int> known, CancellationToken cancellationToken)
    {
        IReadOnlyList<int> living = tracker.ProcessIds;
        List<int>? ended = null;
        foreach (int processId in known)
        {
            if (!living.Contains(processId))
            {
                (ended ??= []).Add(processId);
            }
        }

        known.UnionWith(living);
        foreach (int processId in living)
        {
            // Translated while the process lives; afterwards its number in the images can not be read any more.
            context.Numbers.InImages(processId);
        }

        if (ended is null)
        {
            return;
        }

        known.ExceptWith(ended);
        foreach (int processId in ended)
        {
            sender.Forget(processId);
        }

        PageRun[] everything = [.. ended.Select(id => new PageRun(context.Numbers.InImages(id), 0, AddressSpace.Pages))];
        await connection.SendAsync(new PagesDropped(everything), cancellationToken).ConfigureAwait(false);
    }
}
