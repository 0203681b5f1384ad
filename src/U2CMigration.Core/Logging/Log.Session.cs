using Microsoft.Extensions.Logging;
using U2CMigration.Core.Sessions;
using U2CMigration.Core.Settlement;

namespace U2CMigration.Core.Logging;

/// <summary>What the source says.</summary>
internal static partial class Log
{
    [LoggerMessage(LogEventIds.PhaseEntered, LogLevel.Debug, "Phase {Phase}.", EventName = nameof(PhaseEntered))]
    public static partial void PhaseEntered(this ILogger logger, MigrationPhase phase);

    [LoggerMessage(LogEventIds.ProgressHandlerFailed, LogLevel.Warning, "The progress handler threw; the migration goes on.", EventName = nameof(ProgressHandlerFailed))]
    public static partial void ProgressHandlerFailed(this ILogger logger, Exception exception);

    [LoggerMessage(LogEventIds.MigrationStarted, LogLevel.Information, "Migration {MigrationId} of {Target} to {Destination}: {Strategy}, {Tracker}, freezer {Freezer}.", EventName = nameof(MigrationStarted))]
    public static partial void MigrationStarted(this ILogger logger, Guid migrationId, MigrationTarget target, string destination, string strategy, string tracker, string freezer);

    [LoggerMessage(LogEventIds.RoundDone, LogLevel.Debug, "Round {Round}: {DirtyPages} dirty, {SentPages} sent in {Milliseconds:0.0} ms, {BytesPerSecond:0} bytes/s.", EventName = nameof(RoundDone))]
    public static partial void RoundDone(this ILogger logger, int round, long dirtyPages, long sentPages, double milliseconds, double bytesPerSecond);

    [LoggerMessage(LogEventIds.MigrationCompleted, LogLevel.Information, "Migration {MigrationId} completed: {DowntimeMilliseconds:0.0} ms down, {WireBytes} bytes, {Rounds} rounds.", EventName = nameof(MigrationCompleted))]
    public static partial void MigrationCompleted(this ILogger logger, Guid migrationId, double downtimeMilliseconds, long wireBytes, int rounds);

    [LoggerMessage(LogEventIds.RolledBack, LogLevel.Warning, "Migration {MigrationId} failed in phase {Phase} and was rolled back; the workload runs on this host.", EventName = nameof(RolledBack))]
    public static partial void RolledBack(this ILogger logger, Exception exception, Guid migrationId, MigrationPhase phase);

    [LoggerMessage(LogEventIds.InDoubt, LogLevel.Error, "Migration {MigrationId} is in doubt: the destination did not confirm after the commit. The workload stays frozen here until it is settled.", EventName = nameof(InDoubt))]
    public static partial void InDoubt(this ILogger logger, Exception exception, Guid migrationId);

    [LoggerMessage(LogEventIds.UndoFailed, LogLevel.Error, "Could not undo: {Step}.", EventName = nameof(UndoFailed))]
    public static partial void UndoFailed(this ILogger logger, Exception exception, string step);

    [LoggerMessage(LogEventIds.DowntimeNotLearned, LogLevel.Warning, "What the downtime was spent on could not be written down; the next migration expects what this one did.", EventName = nameof(DowntimeNotLearned))]
    public static partial void DowntimeNotLearned(this ILogger logger, Exception exception);

    [LoggerMessage(LogEventIds.MissingPagesSent, LogLevel.Debug, "The destination asked for {Pages} pages that it did not have.", EventName = nameof(MissingPagesSent))]
    public static partial void MissingPagesSent(this ILogger logger, long pages);

    [LoggerMessage(LogEventIds.Warning, LogLevel.Warning, "{Warning}", EventName = nameof(Warning))]
    public static partial void Warning(this ILogger logger, string warning);

    [LoggerMessage(LogEventIds.FreezeTimeline, LogLevel.Debug, "Frozen: {Step} at {Milliseconds:0.0} ms.", EventName = nameof(FreezeTimeline))]
    public static partial void FreezeTimeline(this ILogger logger, string step, double milliseconds);

    [LoggerMessage(LogEventIds.LeftInDoubt, LogLevel.Critical, "Migration {MigrationId} is still in doubt: its workload stays frozen on this host.", EventName = nameof(LeftInDoubt))]
    public static partial void LeftInDoubt(this ILogger logger, Guid migrationId);

    [LoggerMessage(LogEventIds.NotConverging, LogLevel.Warning, "The rounds do not converge: expected downtime {ExpectedMilliseconds:0} ms, limit {LimitMilliseconds:0} ms.", EventName = nameof(NotConverging))]
    public static partial void NotConverging(this ILogger logger, double expectedMilliseconds, double limitMilliseconds);

    [LoggerMessage(LogEventIds.Throttled, LogLevel.Information, "The workload is throttled by {Percent:0} % of its processor time.", EventName = nameof(Throttled))]
    public static partial void Throttled(this ILogger logger, double percent);

    [LoggerMessage(LogEventIds.FreezePutOff, LogLevel.Information, "The freeze is put off: copying what is pending takes {NowMilliseconds:0} ms by now, and {ExpectedMilliseconds:0} ms were expected.", EventName = nameof(FreezePutOff))]
    public static partial void FreezePutOff(this ILogger logger, double nowMilliseconds, double expectedMilliseconds);

    [LoggerMessage(LogEventIds.LookedAgain, LogLevel.Debug, "Looked through the workload again before the freeze in {Milliseconds:0.0} ms: {Findings} findings.", EventName = nameof(LookedAgain))]
    public static partial void LookedAgain(this ILogger logger, double milliseconds, int findings);

    [LoggerMessage(LogEventIds.ConnectionNotEnded, LogLevel.Warning, "The connection from {Local} to {Remote}, which was given up, could not be ended here; it ends when one of its ends sends.", EventName = nameof(ConnectionNotEnded))]
    public static partial void ConnectionNotEnded(this ILogger logger, System.Net.IPEndPoint local, System.Net.IPEndPoint remote);

    [LoggerMessage(LogEventIds.MappingsChanged, LogLevel.Information, "A flag of a mapping was changed just before the freeze; the state is dumped again.", EventName = nameof(MappingsChanged))]
    public static partial void MappingsChanged(this ILogger logger);

    [LoggerMessage(LogEventIds.DumpTriedAgain, LogLevel.Information, "CRIU could not stop and dump the workload at attempt {Attempt}; it runs, and is tried again.", EventName = nameof(DumpTriedAgain))]
    public static partial void DumpTriedAgain(this ILogger logger, Exception exception, int attempt);

    [LoggerMessage(LogEventIds.GuardianReplaced, LogLevel.Warning, "The process that lets the workload run on if this one is killed was killed itself; another one was started.", EventName = nameof(GuardianReplaced))]
    public static partial void GuardianReplaced(this ILogger logger);

    [LoggerMessage(LogEventIds.LogNotKept, LogLevel.Warning, "A log of the failed migration could not be kept.", EventName = nameof(LogNotKept))]
    public static partial void LogNotKept(this ILogger logger, Exception exception);

    [LoggerMessage(LogEventIds.MemoryDiffers, LogLevel.Error, "Migration {MigrationId}: the workload runs on the destination with wrong memory, {Pages} pages differ. Restart it.", EventName = nameof(MemoryDiffers))]
    public static partial void MemoryDiffers(this ILogger logger, Guid migrationId, long pages);

    [LoggerMessage(LogEventIds.InterruptionSettled, LogLevel.Warning, "Migration {MigrationId}, whose program had ended, is settled: {Settlement}.", EventName = nameof(InterruptionSettled))]
    public static partial void InterruptionSettled(this ILogger logger, Guid migrationId, MigrationSettlement settlement);

    [LoggerMessage(LogEventIds.SendsToAnybody, LogLevel.Warning, "The memory of the workload goes to anyone who answers at {Destination}, readable on the way: AllowUnauthenticated is set.", EventName = nameof(SendsToAnybody))]
    public static partial void SendsToAnybody(this ILogger logger, string destination);

    [LoggerMessage(LogEventIds.DestinationBrokeProtocol, LogLevel.Error, "Migration {MigrationId}: the destination {Destination} broke the protocol and was given nothing for it: {Breach} Releases that do not fit together, or a host that is not to be trusted.", EventName = nameof(DestinationBrokeProtocol))]
    public static partial void DestinationBrokeProtocol(this ILogger logger, Guid migrationId, string destination, string breach);
}
