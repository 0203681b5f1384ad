using System.Diagnostics;
using U2CMigration.Core.Convergence;
using U2CMigration.Core.Logging;
using U2CMigration.Core.Results;
using U2CMigration.Core.Source.FilesInStep;
using U2CMigration.PageTracking.Pages;
using U2CMigration.Strategy.Rounds;
using U2CMigration.Strategy.Strategies;
using U2CMigration.Transport.Connections;
using U2CMigration.Transport.Messages;
using U2CMigration.Transport.Pages;

namespace U2CMigration.Core.Source;

/// <summary>Sends round after round while the workload runs, until the strategy or a limit says stop.</summary>
/// <remarks>While the next round is planned the one before goes on being sent, so that the link does not wait for the planning.</remarks>
internal sealed class PreCopyRounds : IDisposable
{
    /// <summary>How long a round is that is sent because a freeze is put off.</summary>
    private static readonly TimeSpan PutOffSlice = TimeSpan.FromMilliseconds(100);

    private readonly SourceContext _context;
    private readonly IMigrationStrategy _strategy;
    private readonly PageSender _sender;
    private readonly MigrationConnection _connection;
    private readonly SourceDialogue _dialogue;
    private readonly DirtyLooks _looks;
    private readonly ConvergenceGuard _convergence;
    private readonly DowntimeForecast _forecast;
    private readonly FileRounds? _files;
    private readonly FreezeCheck _freezeCheck = new();
    private readonly Func<CancellationToken, Task> _ready;
    private readonly RoundPlan _plan = new();
    private readonly List<RoundReport> _rounds = [];
    private SentRound? _current;
    private RoundOutcome? _previous;
    private long _resident;
    private bool _ackDue;

    public PreCopyRounds(
        SourceContext context,
        TreeTracker tracker,
        IMigrationStrategy strategy,
        PageSender sender,
        MigrationConnection connection,
        SourceDialogue dialogue,
        DowntimeModel downtimes,
        FileRounds? files,
        Func<CancellationToken, Task> ready)
    {
        (_context, _strategy, _sender, _connection, _dialogue, _files, _ready) = (context, strategy, sender, connection, dialogue, files, ready);
        _convergence = new ConvergenceGuard(context.Target.RootProcessId, context.Options, context.Notes);
        _forecast = new DowntimeForecast(
            connection, sender.Preparing, () => StateInventory.Take(tracker.Processes.ProcessIds, tracker.CarriedBytes), context.Options.MaxBytesPerSecond, downtimes, context.Notes);
        _looks = new DirtyLooks(context, tracker, strategy, sender);
    }

    /// <summary>The rounds so far.</summary>
    public IReadOnlyList<RoundReport> Rounds => _rounds;

    /// <summary>What was expected of each part of the downtime that is not copying, before anything was learned.</summary>
    public TimeSpan[] ExpectedParts => _forecast.Parts;

    /// <summary>Runs the rounds; when it returns, the workload is to be frozen at once.</summary>
    /// <param name="pending">Receives the pages that are owed when the workload is to be stopped.</param>
    /// <param name="cancellationToken">Ends the migration.</param>
    public async Task RunAsync(PageSet pending, CancellationToken cancellationToken)
    {
        try
        {
            await _looks.LookAsync(cancellationToken).ConfigureAwait(false);
            _resident = _looks.Dirty.PageCount;
            await ObserveAsync(cancellationToken).ConfigureAwait(false);
            for (int round = 0; ; round++)
            {
                RoundObservation observation = await Task.Run(() => Plan(round), cancellationToken).ConfigureAwait(false);
                bool waitsForFiles = _plan.Decision == RoundDecision.StopAndCopy && FilesHoldUp(observation);
                if (waitsForFiles)
                {
                    SendOwed();
                }

                bool stop = _convergence.ShouldStop(observation, _plan, _forecast.LeastCopyTime, FilesTime);
                TimeSpan copyTime = observation.CopyTime;
                await FinishAsync(cancellationToken).ConfigureAwait(false);
                bool isKnown = observation.BandwidthBytesPerSecond > 0 || observation.Owed.PageCount == 0;
                ReportPlan(round, isKnown ? observation.FixedDowntime + copyTime : null);
                if (stop && await CanFreezeAsync(observation, copyTime, cancellationToken).ConfigureAwait(false))
                {
                    _sender.BatchPages = PageBatch.MaxPages;
                    _looks.Books.Owed.CopyTo(pending);
                    return;
                }

                Start(round);
                await SendAsync(cancellationToken).ConfigureAwait(false);
                if (waitsForFiles)
                {
                    // What is owed may be little: nothing is gained by sending it hundreds of times.
                    await Task.Delay(PutOffSlice, cancellationToken).ConfigureAwait(false);
                }

                await _looks.LookAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            if (_current is { } left)
            {
                left.Enough = true;
                await left.Sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>Gives the workload back what was taken from it so that the rounds converge.</summary>
    public void EndThrottling() => _convergence.Dispose();

    public void Dispose()
    {
        _convergence.Dispose();
        _looks.Dispose();
    }

    /// <summary>Watches the workload for as long as the strategy wants and the session allows.</summary>
    private async Task ObserveAsync(CancellationToken cancellationToken)
    {
        StrategyTraits traits = _strategy.Traits;
        TimeSpan watch = traits.ObservationTime < _context.Options.MaxObservation ? traits.ObservationTime : _context.Options.MaxObservation;
        for (TimeSpan watched = TimeSpan.Zero; watched < watch && traits.SampleInterval > TimeSpan.Zero; watched += traits.SampleInterval)
        {
            await Task.Delay(traits.SampleInterval, cancellationToken).ConfigureAwait(false);
            await _looks.LookAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private RoundObservation Plan(int round)
    {
        RoundObservation observation = _forecast.Complete(Observation(round));
        _plan.Clear();
        observation = observation with { FixedDowntime = observation.FixedDowntime + FilesTime };
        _strategy.Plan(observation, _plan);
        return observation;
    }

    /// <summary>What the files that are owed take in the freeze, as far as that is known.</summary>
    private TimeSpan FilesTime => _files?.Book.TimeInFreeze(_forecast.LinkBytesPerSecond) ?? TimeSpan.Zero;

    /// <summary>Whether to send another round of memory because the files are not ready for a freeze.</summary>
    private bool FilesHoldUp(RoundObservation observation) => _files is not null && _files.Book.HoldsUp(observation, MigrationLimits.Of(_context.Options), _forecast.LinkBytesPerSecond);

    /// <summary>Sends what is owed for a while, instead of stopping.</summary>
    private void SendOwed()
    {
        _plan.Clear();
        _plan.AddGroup(_looks.Books.Owed);
        _plan.Slice = PutOffSlice;
    }

    /// <summary>Does what is left to do before a freeze, and looks whether it may still come. If not, everything owed is sent for a while.</summary>
    private async Task<bool> CanFreezeAsync(RoundObservation planned, TimeSpan expected, CancellationToken cancellationToken)
    {
        await (_files?.PauseAsync(cancellationToken) ?? Task.CompletedTask).ConfigureAwait(false);
        await _ready(cancellationToken).ConfigureAwait(false);

        // What still waits in buffers would stand in front of the images while nothing runs.
        await TakeAckAsync(cancellationToken).ConfigureAwait(false);
        MigrationLimits limits = MigrationLimits.Of(_context.Options);
        if (limits.AreReached(planned))
        {
            return true;
        }

        TimeSpan now = _forecast.CopyTimeNow(Observation(planned.Round), _looks.SinceLook);
        if (!FilesHoldUp(planned) && !_freezeCheck.PutsOff(expected, now, limits.MostCopyTime(planned.FixedDowntime), planned.Elapsed))
        {
            return true;
        }

        _context.Logger.FreezePutOff(now.TotalMilliseconds, expected.TotalMilliseconds);
        _files?.Continue();
        SendOwed();
        ReportPlan(planned.Round, planned.FixedDowntime + now);
        return false;
    }

    private RoundObservation Observation(int round) => new()
    {
        Round = round,
        Owed = _looks.Books.Owed,
        Dirty = _looks.Dirty,
        Delivered = _looks.Books.Delivered,
        ArrivedPages = _looks.ArrivedPages,
        Interval = _looks.Interval,
        LookTime = _looks.LookTime,
        LearnTime = _looks.LearnTime,
        ResidentPages = _resident,
        BandwidthBytesPerSecond = 0,
        Costs = _sender.Costs,
        Elapsed = _context.Clock.Elapsed,
        Previous = _previous,
        FixedDowntime = TimeSpan.Zero,
        Histories = _looks.Histories,
    };

    private void ReportPlan(int round, TimeSpan? expected) => _context.Progress.Update(
        static (now, state) => now with
        {
            Round = state.round,
            RoundPages = state.pages,
            RoundPagesSent = 0,
            MemoryPages = state.memory,
            PendingPages = state.pending,
            ExpectedDowntime = state.expected,
        },
        (round, pages: _plan.PageCount, memory: _resident, pending: _looks.Books.Owed.PageCount, expected),
        atOnce: true);

    private void Start(int round)
    {
        _current = new SentRound(
            round, _looks.Books.Owed.PageCount, _looks.Dirty.PageCount, _context.Clock.Elapsed, _sender.SentPages, _connection.Statistics.WireBytesSent);
        _looks.BeginRound();
        _sender.BatchPages = BatchSize.Of(_plan.Slice, _previous);
    }

    /// <summary>Sends what is planned: all of it, or as much as fits into the slice; then the sending goes on until <see cref="FinishAsync"/>.</summary>
    private async Task SendAsync(CancellationToken cancellationToken)
    {
        SentRound current = _current!;

        // Taken now, as the plan is made anew while these are sent. On a thread of their own: where the processor is slower than the link no send ever waits, and
        // whoever started it would not get to look at the clock.
        IReadOnlyList<PageSet> groups = _plan.TakeGroups();
        current.Sending = Task.Run(() => SendGroupsAsync(current, groups, cancellationToken), cancellationToken);
        if (_plan.Slice != Timeout.InfiniteTimeSpan)
        {
            await Task.WhenAny(current.Sending, Task.Delay(_plan.Slice, cancellationToken)).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            return;
        }

        await SampleWhileAsync(current.Sending, cancellationToken).ConfigureAwait(false);
        await current.Sending.ConfigureAwait(false);
        await EndRoundAsync(current, cancellationToken).ConfigureAwait(false);
        await TakeAckAsync(cancellationToken).ConfigureAwait(false);
        Measure(current);
    }

    /// <summary>Ends the sending of the round before, if it still goes on, and takes what it sent out of the plan.</summary>
    private async Task FinishAsync(CancellationToken cancellationToken)
    {
        if (_current is not { } current)
        {
            return;
        }

        current.Enough = true;
        await current.Sending.ConfigureAwait(false);
        if (!current.HasEnded)
        {
            await TakeAckAsync(cancellationToken).ConfigureAwait(false);
            await EndRoundAsync(current, cancellationToken).ConfigureAwait(false);
            Measure(current);
        }

        _looks.NoteSent(_plan.Exclude);
        _looks.ForgetEnded();
        _current = null;
        Report(current);
    }

    private async Task SendGroupsAsync(SentRound current, IReadOnlyList<PageSet> groups, CancellationToken cancellationToken)
    {
        foreach (PageSet group in groups)
        {
            if (!current.Enough)
            {
                await _sender.SendAsync(group, ReportSent, () => current.Enough, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async Task SampleWhileAsync(Task sending, CancellationToken cancellationToken)
    {
        TimeSpan interval = _strategy.Traits.SampleInterval;
        while (interval > TimeSpan.Zero && await Task.WhenAny(sending, Task.Delay(interval, cancellationToken)).ConfigureAwait(false) != sending)
        {
            cancellationToken.ThrowIfCancellationRequested();
            await _looks.LookAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task EndRoundAsync(SentRound current, CancellationToken cancellationToken)
    {
        long pages = _sender.SentPages - current.SentBefore;
        await _connection.SendAsync(new RoundEnd(current.Index, pages, _connection.Statistics.WireBytesSent - current.BytesBefore), cancellationToken).ConfigureAwait(false);
        _ackDue = true;
        current.HasEnded = true;
    }

    private async Task TakeAckAsync(CancellationToken cancellationToken)
    {
        if (_ackDue)
        {
            _ackDue = false;
            await _dialogue.ExpectAsync<RoundAck>(cancellationToken).ConfigureAwait(false);
        }
    }

    private void Measure(SentRound current)
    {
        current.Duration = Stopwatch.GetElapsedTime(current.StartTimestamp);
        current.SentPages = _sender.SentPages - current.SentBefore;
        current.WireBytes = _connection.Statistics.WireBytesSent - current.BytesBefore;
    }

    private void Report(SentRound current)
    {
        _previous = new RoundOutcome(current.OwedPages, current.DirtyPages, current.SentPages, current.Duration);
        _rounds.Add(new RoundReport
        {
            Index = current.Index,
            Start = current.Start,
            Duration = current.Duration,
            DirtyPages = current.DirtyPages,
            SentPages = current.SentPages,
            HeldPages = Math.Max(0, current.OwedPages - current.SentPages),
            WireBytes = current.WireBytes,
        });
        _context.Logger.RoundDone(current.Index, current.DirtyPages, current.SentPages, current.Duration.TotalMilliseconds, _forecast.LinkBytesPerSecond);
        _context.Progress.Update(
            static (now, state) => now with { RoundPagesSent = state.sent, WireBytes = state.wire, BytesPerSecond = state.bandwidth },
            (sent: current.SentPages, wire: _connection.Statistics.WireBytesSent, bandwidth: _forecast.LinkBytesPerSecond),
            atOnce: true);
    }

    private void ReportSent(long pages) => _context.Progress.Update(
        static (now, state) => now with { RoundPagesSent = now.RoundPagesSent + state.pages, WireBytes = state.bytes },
        (pages, bytes: _connection.Statistics.WireBytesSent),
        atOnce: false);
}
