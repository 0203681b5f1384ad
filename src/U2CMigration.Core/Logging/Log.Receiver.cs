using Microsoft.Extensions.Logging;
using U2CMigration.Transport.Messages;

namespace U2CMigration.Core.Logging;

/// <summary>What the destination says.</summary>
internal static partial class Log
{
    [LoggerMessage(LogEventIds.Listening, LogLevel.Information, "Waiting for migrations on {Endpoint}.", EventName = nameof(Listening))]
    public static partial void Listening(this ILogger logger, string endpoint);

    [LoggerMessage(LogEventIds.CannotReceive, LogLevel.Warning, "This host will refuse migrations: {Problem}", EventName = nameof(CannotReceive))]
    public static partial void CannotReceive(this ILogger logger, string problem);

    [LoggerMessage(LogEventIds.OfferAccepted, LogLevel.Information, "Migration {MigrationId} from {Source} accepted: {MemoryBytes} bytes.", EventName = nameof(OfferAccepted))]
    public static partial void OfferAccepted(this ILogger logger, Guid migrationId, string source, long memoryBytes);

    [LoggerMessage(LogEventIds.OfferChecked, LogLevel.Information, "Migration {MigrationId} from {Source} was checked, and would be accepted.", EventName = nameof(OfferChecked))]
    public static partial void OfferChecked(this ILogger logger, Guid migrationId, string source);

    [LoggerMessage(LogEventIds.OfferRefused, LogLevel.Warning, "Migration {MigrationId} from {Source} refused: {Reason}", EventName = nameof(OfferRefused))]
    public static partial void OfferRefused(this ILogger logger, Guid migrationId, string source, string reason);

    [LoggerMessage(LogEventIds.NotAuthorized, LogLevel.Warning, "Migration {MigrationId}: {Source} is not let in. {Reason}", EventName = nameof(NotAuthorized))]
    public static partial void NotAuthorized(this ILogger logger, Guid migrationId, string source, string reason);

    [LoggerMessage(LogEventIds.TooManyConnections, LogLevel.Warning, "A connection from {Source} is closed: that address has {Most} already.", EventName = nameof(TooManyConnections))]
    public static partial void TooManyConnections(this ILogger logger, string source, int most);

    [LoggerMessage(LogEventIds.SecretNotProven, LogLevel.Warning, "{Source} has not proven a secret that is expected: it knows none, or it was used or is over.", EventName = nameof(SecretNotProven))]
    public static partial void SecretNotProven(this ILogger logger, string source);

    [LoggerMessage(LogEventIds.ReceivesFromAnybody, LogLevel.Warning, "Everybody who reaches {Endpoint} can run code as root on this host: AllowUnauthenticated is set.", EventName = nameof(ReceivesFromAnybody))]
    public static partial void ReceivesFromAnybody(this ILogger logger, string endpoint);

    [LoggerMessage(LogEventIds.RestoreTimeline, LogLevel.Debug, "Restoring: {Step} at {Milliseconds:0.0} ms.", EventName = nameof(RestoreTimeline))]
    public static partial void RestoreTimeline(this ILogger logger, string step, double milliseconds);

    [LoggerMessage(LogEventIds.WorkloadHeld, LogLevel.Debug, "Migration {MigrationId}: restored and held.", EventName = nameof(WorkloadHeld))]
    public static partial void WorkloadHeld(this ILogger logger, Guid migrationId);

    [LoggerMessage(LogEventIds.WorkloadResumed, LogLevel.Information, "Migration {MigrationId}: process {ProcessId} runs here.", EventName = nameof(WorkloadResumed))]
    public static partial void WorkloadResumed(this ILogger logger, Guid migrationId, int processId);

    [LoggerMessage(LogEventIds.IncomingFailed, LogLevel.Warning, "A connection from {Source} failed; nothing of it is left here.", EventName = nameof(IncomingFailed))]
    public static partial void IncomingFailed(this ILogger logger, Exception exception, string source);

    [LoggerMessage(LogEventIds.PagesMissing, LogLevel.Debug, "{Pages} pages of the images are missing here; asking for them.", EventName = nameof(PagesMissing))]
    public static partial void PagesMissing(this ILogger logger, long pages);

    [LoggerMessage(LogEventIds.LocksAwaited, LogLevel.Warning, "Migration {MigrationId}: committed and held for {Seconds:0} s, because others hold {Locks}. It runs here as soon as they are free: end its frozen copy on the source, or the process that has taken them.", EventName = nameof(LocksAwaited))]
    public static partial void LocksAwaited(this ILogger logger, Guid migrationId, double seconds, string locks);

    [LoggerMessage(LogEventIds.InnerConnectionsNotLocked, LogLevel.Warning, "Connections between processes of the workload could not be locked while it is restored, which may fail for that; install nftables.", EventName = nameof(InnerConnectionsNotLocked))]
    public static partial void InnerConnectionsNotLocked(this ILogger logger, Exception exception);

    [LoggerMessage(LogEventIds.ConnectionsNotLocked, LogLevel.Warning, "The many connections of the workload could not be locked for the time of the freeze; CRIU is left to do it, and may be aborted by their number. Install nftables.", EventName = nameof(ConnectionsNotLocked))]
    public static partial void ConnectionsNotLocked(this ILogger logger, Exception exception);

    [LoggerMessage(LogEventIds.FamilyMemory, LogLevel.Information, "{Mebibytes} MiB that children have in common with their parents are restored before the resume, so that they stay shared; the rest on first touch.", EventName = nameof(FamilyMemory))]
    public static partial void FamilyMemory(this ILogger logger, long mebibytes);

    [LoggerMessage(LogEventIds.PeerNotReset, LogLevel.Warning, "Migration {MigrationId}: {Peer} waits on a connection to {Local} that the workload had not accepted, and could not be told that it is gone.", EventName = nameof(PeerNotReset))]
    public static partial void PeerNotReset(this ILogger logger, Guid migrationId, string peer, string local);

    [LoggerMessage(LogEventIds.FillDone, LogLevel.Information, "Migration {MigrationId}: all pages in place after {Milliseconds:0} ms; {Touches} first touches.", EventName = nameof(FillDone))]
    public static partial void FillDone(this ILogger logger, Guid migrationId, double milliseconds, long touches);

    [LoggerMessage(LogEventIds.MigrationAbandoned, LogLevel.Warning, "Migration {MigrationId} from {Source} was given up: {Reason}", EventName = nameof(MigrationAbandoned))]
    public static partial void MigrationAbandoned(this ILogger logger, Guid migrationId, string source, string reason);

    [LoggerMessage(LogEventIds.MigrationRecovered, LogLevel.Warning, "Migration {MigrationId} was left by a receiver that died, and is settled: {State}.", EventName = nameof(MigrationRecovered))]
    public static partial void MigrationRecovered(this ILogger logger, Guid migrationId, MigrationState state);
}
