using System.Diagnostics;
using System.Globalization;
using LiveMigration.Moves;
using LiveMigration.Rig;
using MigrationEvents;
using MigrationEvents.Views;

namespace LiveMigration.StockCriu;

/// <summary>
/// The peer to compare with: CRIU alone, stop-and-copy through its page server. Both sides wait before the workload is touched, all images are on a
/// tmpfs, and each step starts the next without a detour, so that what is measured is CRIU and the link.
/// </summary>
public sealed class StockCriuMover(Testbed testbed) : IMover
{
    /// <summary>The name for <c>--strategy</c>.</summary>
    public const string Strategy = "criu-stock";

    private const string Directory = "/run/criu-stock";
    private const int PagePort = 9500;
    private const int ImagePort = 9501;
    private const int PageBytes = 4096;

    public async Task<Move> MoveAsync(Route route, IProgressView view, CancellationToken cancellationToken)
    {
        await using HostProcess destination = testbed.Start(
            route.To, [Script("destination.sh"), Directory, route.To.Address, Text(PagePort), Text(ImagePort), Testbed.ServiceAddressWithPrefix, Testbed.Device, route.Cgroup]);
        await using HostProcess source = testbed.Start(
            route.From,
            [Script("source.sh"), Text(route.ProcessId), Directory, route.To.Address, Text(PagePort), Text(ImagePort), Testbed.ServiceAddressWithPrefix, Testbed.Device]);
        var there = new Steps(destination);
        var here = new Steps(source);
        await there.UntilAsync("ready", cancellationToken);
        await here.UntilAsync("ready", cancellationToken);

        long begin = Stopwatch.GetTimestamp();
        source.Send("go");
        Report(view, "StopAndCopy", begin);
        try
        {
            // From here on the workload is in CRIU's hands: a cancellation waits for the end.
            await here.UntilAsync("frozen", CancellationToken.None);
            Report(view, "Restoring", begin);
            await there.UntilAsync("pid", CancellationToken.None);
            Report(view, "Completed", begin);
            await source.ExitAsync(CancellationToken.None);
        }
        catch (IOException e)
        {
            return new Move(null, new ErrorEvent { Message = e.Message, Workload = "Gone", IsTransient = false, Phase = "StopAndCopy" }, begin, route.ProcessId);
        }

        string image = await testbed.RunAsync(route.From, ["base64", "-w0", $"{Directory}/work/stats-dump"], cancellationToken);
        DumpStatistics statistics = DumpStatistics.Parse(Convert.FromBase64String(image.Trim()));
        HostClock sourceClock = await testbed.ClockAsync(route.From, cancellationToken);
        HostClock destinationClock = await testbed.ClockAsync(route.To, cancellationToken);
        return new Move(Result(here, there, statistics, sourceClock, destinationClock), null, sourceClock.FromUnixSeconds(here["dump"]), (int)there["pid"]);
    }

    private static ResultEvent Result(Steps here, Steps there, DumpStatistics statistics, HostClock sourceClock, HostClock destinationClock)
    {
        // CRIU writes its statistics when the tasks are killed: the freeze is that moment less the time they were stopped.
        double frozen = here["frozen"] - ((statistics.FrozenMicroseconds + (double)statistics.FreezingMicroseconds) / 1e6);
        double begin = here["dump"];
        double frozenMs = (frozen - begin) * 1000;
        // Times of the destination as the source's clock would have told them.
        double restored = OnSource("restored");
        double received = OnSource("received");
        double resumed = OnSource("resumed");
        long pages = (long)statistics.PagesWritten;
        return new ResultEvent
        {
            MigrationId = Guid.NewGuid(),
            Strategy = Strategy,
            Tracker = "none",
            DurationMs = (restored - begin) * 1000,
            DowntimeMs = (resumed - frozen) * 1000,
            Downtime = new DowntimeEvent
            {
                FreezeMs = statistics.FreezingMicroseconds / 1000.0,
                TailScanMs = 0,
                TailSendMs = 0,
                DumpMs = (here["dumped"] - frozen) * 1000,
                ImageTransferMs = (received - here["dumped"]) * 1000,
                CheckMs = 0,
                RestoreMs = (resumed - received) * 1000,
                ResumeMs = 0,
            },
            Rounds =
            [
                new RoundEvent
                {
                    Index = 0,
                    StartMs = frozenMs,
                    DurationMs = (here["dumped"] - frozen) * 1000,
                    DirtyPages = pages,
                    SentPages = pages,
                    HeldPages = 0,
                    WireBytes = (long)here["wire"],
                },
            ],
            WireBytes = (long)here["wire"],
            RawBytes = pages * PageBytes,
            MemoryBytes = pages * PageBytes,
            FreezeStartMs = frozenMs,
            FreezeTimestamp = sourceClock.FromUnixSeconds(frozen),
            ResumeTimestamp = destinationClock.FromUnixSeconds(there["resumed"]),
            Warnings = ["Downtime from CRIU's own statistics: from stopping the first task to the end of the restore, which lets the tasks run."],
        };

        double OnSource(string step) =>
            begin + ((destinationClock.FromUnixSeconds(there[step]) - sourceClock.FromUnixSeconds(begin)) / (double)Stopwatch.Frequency);
    }

    private static void Report(IProgressView view, string phase, long begin) =>
        view.Report(new ProgressEvent { Phase = phase, ElapsedMs = Stopwatch.GetElapsedTime(begin).TotalMilliseconds });

    private static string Script(string name) => Path.Combine(AppContext.BaseDirectory, "StockCriu", name);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
