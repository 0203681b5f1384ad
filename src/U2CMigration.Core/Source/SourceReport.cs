using U2CMigration.Core.Results;
using U2CMigration.Criu.Images;
using U2CMigration.PageTracking.Pages;
using U2CMigration.Transport.Messages;

namespace U2CMigration.Core.Source;

/// <summary>Puts the result together.</summary>
internal static class SourceReport
{
    public static MigrationResult Create(
        SourceContext context, string strategy, string tracker, PreCopyRounds rounds, StopAndCopy stop, SourceRelease release,
        Resumed resumed, long wireBytes, PageSender sender, IReadOnlyList<GivenUpConnections> givenUp)
    {
        ImageMemory memory = stop.Memory;
        return new MigrationResult
        {
            MigrationId = context.MigrationId,
            Strategy = strategy,
            Tracker = tracker,
            Duration = release.Duration,
            Downtime = stop.Timeline.ResumeOf(resumed),
            DowntimeBreakdown = stop.Timeline.Break(resumed, stop.Steps),
            Rounds = [.. rounds.Rounds, stop.Round!],
            WireBytes = wireBytes,
            RawBytes = sender.SentPages * PageSize.Bytes,
            Codec = sender.CodecStatistics,
            MemoryBytes = memory.LazyBytes + memory.TotalEagerBytes + stop.CarriedBytes,
            FrozenOnlyBytes = memory.EagerBytes.ToDictionary(static kind => NameOf(kind.Key), static kind => kind.Value),
            FreezeStart = stop.FreezeStart,
            FreezeTimestamp = stop.FreezeTimestamp,
            ResumeTimestamp = resumed.Timestamp,
            Verification = release.Verification,
            Fill = release.Fill,
            ConnectionsGivenUp = givenUp,
            GivenUp = context.Inventory.GivenUp,
            Warnings = [.. context.Warnings],
        };
    }

    private static string NameOf(MemoryKind kind) => kind switch
    {
        MemoryKind.PrivateAnonymous => "private",
        MemoryKind.PrivateFile => "privateFile",
        MemoryKind.SharedFile => "sharedFile",
        MemoryKind.SharedAnonymous => "sharedAnonymous",
        MemoryKind.MemoryFile => "memfd",
        MemoryKind.SystemV => "systemV",
        MemoryKind.HugePages => "hugePages",
        _ => "special",
    };
}
