using System.Diagnostics;
using MigrationReport;

namespace LiveMigration.Client;

/// <summary>Computes the client's figures of one migration from its log.</summary>
public static class Measurement
{
    private static readonly long Second = Stopwatch.Frequency;

    /// <summary>The span before the attach and after the resume that throughput is compared over.</summary>
    private static readonly long Span = 2 * Second;

    private static readonly long Window = Second / 10;

    /// <summary>Throughput over less than this is chance: a migration that stops at once has none while it runs.</summary>
    private static readonly long LeastSpan = Second / 10;

    public static ClientAnswer Of(ReplyLog log, ClientRequest request)
    {
        long end = request.Resume + Span;
        (long silenceFrom, long silenceTo) = log.LongestSilence(request.Attach, end);
        double before = PerSecond(log, request.Attach - Span, request.Attach);
        var windows = new List<ClientWindow>();
        for (long start = request.Attach - Span; start < end; start += Window)
        {
            (double operations, double mean, double worst) = log.Count(start, Math.Min(start + Window, end));
            windows.Add(new ClientWindow
            {
                StartMs = Milliseconds(start - request.Attach),
                LengthMs = Milliseconds(Math.Min(Window, end - start)),
                Operations = operations,
                MeanLatencyMs = mean,
                MaxLatencyMs = worst,
            });
        }

        return new ClientAnswer
        {
            To = request.Do,
            GapMs = Milliseconds(silenceTo - silenceFrom),
            SilenceAfterResumeMs = Math.Max(0, Milliseconds(silenceTo - request.Resume)),
            OperationsBefore = before,
            LossPercent = before > 0 && request.Freeze - request.Attach >= LeastSpan ? 100 * (1 - (PerSecond(log, request.Attach, request.Freeze) / before)) : 0,
            AfterPercent = before > 0 ? 100 * PerSecond(log, request.Resume, end) / before : 0,
            Windows = windows,
        };
    }

    private static double PerSecond(ReplyLog log, long from, long to) => log.Count(from, to).Operations / ((double)(to - from) / Second);

    private static double Milliseconds(long ticks) => (double)ticks / Second * 1000;
}
