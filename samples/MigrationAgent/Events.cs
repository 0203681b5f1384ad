using System.Text.Json;
using MigrationEvents;
using U2CMigration.Core.Errors;
using U2CMigration.Core.Inventory;
using U2CMigration.Core.Progress;
using U2CMigration.Core.Receiving;
using U2CMigration.Core.Results;
using U2CMigration.Transport.Codec;

namespace MigrationAgent;

/// <summary>Turns what the library reports into events.</summary>
public static class Events
{
    public static ProgressEvent Of(MigrationProgress progress) => new()
    {
        Phase = progress.Phase.ToString(),
        Round = progress.Round,
        RoundPages = progress.RoundPages,
        RoundPagesSent = progress.RoundPagesSent,
        MemoryPages = progress.MemoryPages,
        PendingPages = progress.PendingPages,
        FileEntries = progress.FileEntries,
        FileBytes = progress.FileBytes,
        WireBytes = progress.WireBytes,
        BytesPerSecond = progress.BytesPerSecond,
        ExpectedDowntimeMs = progress.ExpectedDowntime?.TotalMilliseconds,
        ElapsedMs = progress.Elapsed.TotalMilliseconds,
    };

    public static ResultEvent Of(MigrationResult result) => new()
    {
        MigrationId = result.MigrationId,
        Strategy = result.Strategy,
        Tracker = result.Tracker,
        DurationMs = result.Duration.TotalMilliseconds,
        DowntimeMs = result.Downtime.TotalMilliseconds,
        Downtime = Of(result.DowntimeBreakdown),
        Rounds = [.. result.Rounds.Select(Of)],
        WireBytes = result.WireBytes,
        RawBytes = result.RawBytes,
        MemoryBytes = result.MemoryBytes,
        FrozenOnlyBytes = result.FrozenOnlyBytes,
        FreezeStartMs = result.FreezeStart.TotalMilliseconds,
        FreezeTimestamp = result.FreezeTimestamp,
        ResumeTimestamp = result.ResumeTimestamp,
        PagesVerified = result.Verification?.PagesVerified,
        PagesMismatched = result.Verification?.PagesMismatched,
        PagesHeld = result.Verification?.PagesHeld,
        PagesChanged = result.Verification?.PagesChanged,
        Codec = Of(result.Codec),
        Fill = Of(result.Fill),
        Files = Of(result.Files),
        PeakMemoryBytes = PeakMemory.Bytes(),
        ConnectionsGivenUp = [.. result.ConnectionsGivenUp.Select(static one => new GivenUpEvent(one.Listener, one.Count))],
        GivenUp = [.. result.GivenUp.Select(Of)],
        Warnings = result.Warnings,
    };

    public static CheckEvent Of(MigrationCheck check) => new()
    {
        IsRefused = check.IsRefused,
        Findings = [.. check.Findings.Select(Of)],
        Problems = check.Problems,
        Warnings = check.Warnings,
        InventoryMs = check.InventoryTime.TotalMilliseconds,
        IsDestinationAsked = check.IsDestinationAsked,
    };

    public static ArrivedEvent Of(MigratedContainer container) => new()
    {
        MigrationId = container.MigrationId,
        ProcessId = container.RootProcessId,
        RestoreMode = container.RestoreMode.ToString(),
        Fill = Of(container.Fill),
        Warnings = container.Warnings,
        PeakMemoryBytes = Math.Max(0, PeakMemory.Bytes() - container.StoreBytes),
    };

    public static ErrorEvent Of(MigrationException error) => new()
    {
        Message = error.Message,
        Workload = error.Workload.ToString(),
        IsTransient = error.IsTransient,
        Phase = error.Phase.ToString(),
    };

    private static FindingEvent Of(InventoryFinding finding) => new()
    {
        Kind = JsonNamingPolicy.CamelCase.ConvertName(finding.Kind.ToString()),
        Severity = JsonNamingPolicy.CamelCase.ConvertName(finding.Severity.ToString()),
        ProcessId = finding.ProcessId,
        ProcessName = finding.ProcessName,
        Thing = finding.Thing,
        Reason = finding.Reason,
        Remedy = finding.Remedy,
        Option = finding.Option,
    };

    private static RoundEvent Of(RoundReport round) => new()
    {
        Index = round.Index,
        StartMs = round.Start.TotalMilliseconds,
        DurationMs = round.Duration.TotalMilliseconds,
        DirtyPages = round.DirtyPages,
        SentPages = round.SentPages,
        HeldPages = round.HeldPages,
        WireBytes = round.WireBytes,
    };

    private static DowntimeEvent Of(DowntimeBreakdown downtime) => new()
    {
        FreezeMs = downtime.Freeze.TotalMilliseconds,
        DumpAndTailMs = downtime.DumpAndTail.TotalMilliseconds,
        TailScanMs = downtime.TailScan.TotalMilliseconds,
        TailSendMs = downtime.TailSend.TotalMilliseconds,
        DumpMs = downtime.Dump.TotalMilliseconds,
        PageMapsMs = downtime.PageMaps.TotalMilliseconds,
        ImageTransferMs = downtime.ImageTransfer.TotalMilliseconds,
        RestoreWaitMs = downtime.RestoreWait.TotalMilliseconds,
        CheckMs = downtime.Check.TotalMilliseconds,
        RestoreMs = downtime.Restore.TotalMilliseconds,
        ConfirmationMs = downtime.Confirmation.TotalMilliseconds,
        CommitMs = downtime.Commit.TotalMilliseconds,
        ResumeMs = downtime.Resume.TotalMilliseconds,
    };

    private static CodecEvent? Of(PageCodecStatistics? codec) => codec is null
        ? null
        : new CodecEvent
        {
            Kinds = codec.Kinds.ToDictionary(static kind => kind.Kind.ToString().ToLowerInvariant(), Of),
            EncodingMs = codec.EncodingTime.TotalMilliseconds,
            BaseBytes = codec.BaseBytes,
            EvictedBases = codec.EvictedBases,
        };

    private static CodecKindEvent Of(PageKindStatistics kind) => new()
    {
        Pages = kind.Pages,
        RawBytes = kind.RawBytes,
        WireBytes = kind.WireBytes,
        EncodingMs = kind.EncodingTime.TotalMilliseconds,
    };

    private static FilesEvent? Of(FilesReport? files) => files is null
        ? null
        : new FilesEvent
        {
            Rounds = files.Rounds,
            Entries = files.Entries,
            Bytes = files.Bytes,
            FrozenEntries = files.FrozenEntries,
            FrozenBytes = files.FrozenBytes,
            FrozenMs = files.FrozenDuration.TotalMilliseconds,
            TakenMs = files.TakenDuration.TotalMilliseconds,
            ComparedEntries = files.ComparedEntries,
        };

    private static FillEvent? Of(FillReport? fill) => fill is null
        ? null
        : new FillEvent
        {
            DurationMs = fill.Duration.TotalMilliseconds,
            PreinstalledPages = fill.PreinstalledPages,
            FirstTouches = fill.FirstTouches,
            LongestTouchMs = fill.LongestTouch.TotalMilliseconds,
        };
}
