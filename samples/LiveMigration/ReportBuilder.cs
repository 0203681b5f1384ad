using System.Diagnostics;
using LiveMigration.Client;
using LiveMigration.Moves;
using MigrationEvents;
using MigrationReport;

namespace LiveMigration;

/// <summary>Puts together what the mover and the client measured.</summary>
public sealed class ReportBuilder(SceneOptions options, string kernel, string criuVersion)
{
    public double DirtyBytesPerSecond { get; set; }

    public double FloorMs { get; init; }

    public int BandwidthMbit { get; set; } = options.BandwidthMbit;

    /// <summary>What to ask the client about a migration; without a freeze and a resume, its end stands for both.</summary>
    public static ClientRequest Question(Move move)
    {
        long now = Stopwatch.GetTimestamp() - (2 * Stopwatch.Frequency);
        return new ClientRequest
        {
            Do = "measure",
            Attach = move.AttachTimestamp,
            Freeze = move.Result?.FreezeTimestamp ?? now,
            Resume = move.Result?.ResumeTimestamp ?? now,
        };
    }

    public RunReport Build(Route route, string? strategy, Move move, ClientAnswer measured, ClientAnswer verified)
    {
        ResultEvent? result = move.Result;
        return new RunReport
        {
            Strategy = result?.Strategy ?? strategy ?? "default",
            Tracker = result?.Tracker ?? options.Tracker,
            Workload = options.Workload.Name,
            MemoryMib = options.MemoryMib,
            MemoryBytes = result?.MemoryBytes ?? (long)options.MemoryMib << 20,
            BandwidthMbit = BandwidthMbit,
            Kernel = kernel,
            CriuVersion = criuVersion,
            Rounds = [.. (result?.Rounds ?? []).Select(Round)],
            DurationMs = result?.DurationMs ?? 0,
            // All timestamps are of one clock here, so this leaves out the message by which the source learns of the resume.
            DowntimeMs = result is null ? 0 : Stopwatch.GetElapsedTime(result.FreezeTimestamp, result.ResumeTimestamp).TotalMilliseconds,
            ClientGapMs = measured.GapMs,
            WireBytes = result?.WireBytes ?? 0,
            RawBytes = result?.RawBytes ?? 0,
            PagesVerified = result?.PagesVerified ?? 0,
            PagesMismatched = result?.PagesMismatched ?? 0,
            LostWrites = verified.LostWrites,
            ConnectionSurvived = verified.ConnectionSurvived && verified.WrongReplies == 0,
            ThroughputLossPercent = measured.LossPercent,
            FillMs = result?.Fill?.DurationMs ?? 0,
            ThroughputAfterPercent = measured.AfterPercent,
            Outcome = Outcome(move),
            SilenceAfterResumeMs = measured.SilenceAfterResumeMs,
            From = route.From.Name,
            To = route.To.Name,
            WriteRate = options.WriteRate,
            FloorMs = FloorMs,
            DirtyBytesPerSecond = DirtyBytesPerSecond,
            FreezeStartMs = result?.FreezeStartMs ?? 0,
            DowntimeParts = result?.Downtime,
            Codec = result?.Codec,
            Fill = result?.Fill,
            SourcePeakBytes = result?.PeakMemoryBytes ?? 0,
            DestinationPeakBytes = move.DestinationPeakBytes,
            FrozenOnlyBytes = result?.FrozenOnlyBytes ?? new Dictionary<string, long>(),
            Warnings = Warnings(result, verified),
            Error = move.Error?.Message,
            ClientWindows = measured.Windows,
        };
    }

    private List<string> Warnings(ResultEvent? result, ClientAnswer client)
    {
        List<string> warnings = [.. result?.Warnings ?? []];
        if (client.Broken is not null)
        {
            warnings.Add($"Client: {client.Broken}");
        }

        if (client.WrongReplies > 0)
        {
            warnings.Add($"Client: {client.WrongReplies} wrong replies, the first: {client.FirstWrongReply}.");
        }

        if (options.Verify && result is { PagesVerified: null })
        {
            warnings.Add($"Nothing was verified: {result.Strategy} has no comparison of pages.");
        }

        return warnings;
    }

    private static string Outcome(Move move) => (move.Result, move.Error?.Workload) switch
    {
        (not null, _) => RunReport.Completed,
        (_, "Running" or "Gone") => "failed",
        _ => "in-doubt",
    };

    private static RoundReport Round(RoundEvent round) => new()
    {
        Index = round.Index,
        DurationMs = round.DurationMs,
        DirtyPages = round.DirtyPages,
        SentPages = round.SentPages,
        HeldPages = round.HeldPages,
        WireBytes = round.WireBytes,
        StartMs = round.StartMs,
    };
}
