using System.Diagnostics;
using System.Globalization;
using LiveMigration.Moves;
using LiveMigration.Rig;
using MigrationEvents;
using MigrationEvents.Views;

namespace LiveMigration.StockCriu;

/// <summary>
/// The peer to compare with: CRIU alone through its page server, with pre-dumps where a rule asks for them. Both sides wait before the workload is
/// touched, the page server of a round before the round, all images are on a tmpfs, and each step starts the next without a detour, so that what is
/// measured is CRIU and the link.
/// </summary>
/// <param name="testbed">The hosts.</param>
/// <param name="strategy">One of <see cref="CriuStrategies"/>.</param>
/// <param name="address">The address that moves along; null for a process without one.</param>
public sealed class CriuMover(Testbed testbed, string strategy, string? address = Testbed.ServiceAddressWithPrefix) : IMover
{
    private const string Directory = "/run/criu-stock";
    private const int PagePort = 9500;
    private const int ImagePort = 9501;
    private const int PageBytes = 4096;

    public async Task<Move> MoveAsync(Route route, IProgressView view, CancellationToken cancellationToken)
    {
        await using HostProcess destination = testbed.Start(
            route.To, [Script("destination.sh"), Directory, route.To.Address, Text(PagePort), Text(ImagePort), address ?? "-", Testbed.Device, route.Cgroup]);
        await using HostProcess source = testbed.Start(
            route.From, [Script("source.sh"), Text(route.ProcessId), Directory, route.To.Address, Text(PagePort), Text(ImagePort), address ?? "-", Testbed.Device]);
        var there = new Steps(destination);
        var here = new Steps(source);
        await there.UntilAsync("ready", cancellationToken);
        await here.UntilAsync("ready", cancellationToken);

        long begin = Stopwatch.GetTimestamp();
        var rounds = new List<DumpStatistics>();
        try
        {
            if (CriuStrategies.Rule(strategy) is { } rule)
            {
                Report(view, "PreCopy", begin);
                await PreDumpsAsync(rule);
            }

            int last = rounds.Count;
            destination.Send($"last {last}");
            await there.UntilAsync($"serving-{last}", cancellationToken);
            // From here on the workload is in CRIU's hands: a cancellation waits for the end.
            source.Send($"dump {last}");
            Report(view, "StopAndCopy", begin);
            await here.UntilAsync("frozen", CancellationToken.None);
            rounds.Add(Statistics(last));
            Report(view, "Restoring", begin);
            await there.UntilAsync("pid", CancellationToken.None);
            Report(view, "Completed", begin);
            await source.ExitAsync(CancellationToken.None);
        }
        catch (IOException e)
        {
            return new Move(null, new ErrorEvent { Message = e.Message, Workload = "Gone", IsTransient = false, Phase = "StopAndCopy" }, begin, route.ProcessId);
        }

        var clocks = new Clocks(await testbed.ClockAsync(route.From, cancellationToken), await testbed.ClockAsync(route.To, cancellationToken));
        return new Move(Result(here, there, rounds, clocks), null, clocks.Source.FromUnixSeconds(here["begin-0"]), (int)there["pid"]);

        async Task PreDumpsAsync(PreDumpRule rule)
        {
            do
            {
                int round = rounds.Count;
                destination.Send($"serve {round}");
                await there.UntilAsync($"serving-{round}", cancellationToken);
                source.Send($"pre-dump {round}");
                await here.UntilAsync($"stats-{round}", cancellationToken);
                await there.UntilAsync($"served-{round}", cancellationToken);
                rounds.Add(Statistics(round));
            }
            while (!rule.WasLast(rounds.Count, rounds[^1]));
        }

        DumpStatistics Statistics(int round) => DumpStatistics.Parse(Convert.FromBase64String(here.Text($"stats-{round}")));
    }

    private ResultEvent Result(Steps here, Steps there, List<DumpStatistics> rounds, Clocks clocks)
    {
        DumpStatistics final = rounds[^1];
        // CRIU writes its statistics when the tasks are killed: the freeze is that moment less the time they were stopped.
        double frozen = here["frozen"] - ((final.FrozenMicroseconds + (double)final.FreezingMicroseconds) / 1e6);
        double begin = here["begin-0"];
        double frozenMs = (frozen - begin) * 1000;
        double received = clocks.OnSource(there["received"]);
        double resumed = clocks.OnSource(there["resumed"]);
        return new ResultEvent
        {
            MigrationId = Guid.NewGuid(),
            Strategy = strategy,
            Tracker = rounds.Count > 1 ? "criu soft-dirty" : "none",
            DurationMs = (clocks.OnSource(there["restored"]) - begin) * 1000,
            DowntimeMs = (resumed - frozen) * 1000,
            Downtime = new DowntimeEvent
            {
                FreezeMs = final.FreezingMicroseconds / 1000.0,
                DumpAndTailMs = ((here["dumped"] - frozen) * 1000) - (final.FreezingMicroseconds / 1000.0),
                TailScanMs = 0,
                TailSendMs = 0,
                DumpMs = (here["dumped"] - frozen) * 1000,
                PageMapsMs = 0,
                ImageTransferMs = (received - here["dumped"]) * 1000,
                RestoreWaitMs = (resumed - received) * 1000,
                CheckMs = 0,
                RestoreMs = (resumed - received) * 1000,
                ConfirmationMs = 0,
                CommitMs = 0,
                ResumeMs = 0,
            },
            Rounds = [.. rounds.Select((round, i) => i < rounds.Count - 1 ? Round(here, i, round, here[$"begin-{i}"], here[$"end-{i}"]) : Round(here, i, round, frozen, here["dumped"]))],
            WireBytes = rounds.Select((_, i) => (long)here[$"wire-{i}"]).Sum(),
            RawBytes = rounds.Sum(round => (long)round.PagesWritten) * PageBytes,
            MemoryBytes = rounds.Max(round => (long)(round.PagesWritten + round.PagesSkippedForParent)) * PageBytes,
            FreezeStartMs = frozenMs,
            FreezeTimestamp = clocks.Source.FromUnixSeconds(frozen),
            ResumeTimestamp = clocks.Destination.FromUnixSeconds(there["resumed"]),
            Warnings = ["Downtime from CRIU's own statistics: from stopping the first task to the end of the restore, which lets the tasks run."],
        };
    }

    private static RoundEvent Round(Steps here, int index, DumpStatistics round, double from, double to) => new()
    {
        Index = index,
        StartMs = (from - here["begin-0"]) * 1000,
        DurationMs = (to - from) * 1000,
        DirtyPages = (long)round.PagesWritten,
        SentPages = (long)round.PagesWritten,
        HeldPages = 0,
        WireBytes = (long)here[$"wire-{index}"],
    };

    private static void Report(IProgressView view, string phase, long begin) =>
        view.Report(new ProgressEvent { Phase = phase, ElapsedMs = Stopwatch.GetElapsedTime(begin).TotalMilliseconds });

    private static string Script(string name) => Path.Combine(AppContext.BaseDirectory, "StockCriu", name);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private sealed record Clocks(HostClock Source, HostClock Destination)
    {
        /// <summary>A time of day of the destination as the source would have told it.</summary>
        public double OnSource(double seconds) => seconds - ((Destination.RealtimeAhead + Destination.Ahead - Source.RealtimeAhead - Source.Ahead) / 1e9);
    }
}
