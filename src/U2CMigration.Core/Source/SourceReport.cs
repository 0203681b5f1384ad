using U2CMigration.Core.Results;
using U2CMigration.Core.Source.Phases;
using U2CMigration.Criu.Images;
using U2CMigration.PageTracking.Pages;
using U2CMigration.Transport.Messages;

namespace U2CMigration.Core.Source;

/// <summary>Puts the result together.</summary>
internal static class SourceReport
{
    public static MigrationResult Create(SourceContext context, HeldSource held, SourceRelease release, Resumed resumed, IReadOnlyList<GivenUpConnections> givenUp)
    {
        AttachedSource attached = held.Attached;
        StopAndCopy stop = held.Stop;
        ImageMemory memory = stop.Memory;
        return new MigrationResult
        {
            MigrationId = context.MigrationId,
            Strategy = attached.StrategyName,
            Tracker = attached.Tracker.Name,
            Duration = release.Duration,
            Downtime = stop.Timeline.ResumeOf(resumed),
            DowntimeBreakdown = stop.Timeline.Break(resumed, stop.Steps),
            Rounds = [.. attached.Rounds.Rounds, stop.Round!],
            WireBytes = held.Link.Connection.Statistics.WireBytesSent,
            RawBytes = attached.Sender.SentPages * PageSize.Bytes,
            Codec = attached.Sender.CodecStatistics,
            MemoryBytes = memory.LazyBytes + memory.TotalEagerBytes + stop.CarriedBytes,
            FrozenOnlyBytes = memory.EagerBytes.ToDictionary(static kind => NameOf(kind.Key), static kind => kind.Value),
            FreezeStart = stop.FreezeStart,
            FreezeTimestamp = stop.FreezeTimestamp,
            ResumeTimestamp = resumed.Timestamp,
            Verification = release.Verification,
            Fill = release.Fill,
            Files = stop.Files,
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
