using Microsoft.Extensions.Logging;

namespace U2CMigration.Core.Logging;

/// <summary>What is said of workloads whose receiver was killed while pages were missing.</summary>
internal static partial class Log
{
    [LoggerMessage(LogEventIds.FillTakenOver, LogLevel.Warning, "Migration {MigrationId}: its receiver was killed while pages of the running workload were missing. What it touched has waited; all pages come from here now.", EventName = nameof(FillTakenOver))]
    public static partial void FillTakenOver(this ILogger logger, Guid migrationId);

    [LoggerMessage(LogEventIds.FillLost, LogLevel.Critical, "Migration {MigrationId}: pages of the workload are lost ({Reason}), and would read as zeros. Its processes were ended; it runs nowhere any more.", EventName = nameof(FillLost))]
    public static partial void FillLost(this ILogger logger, Guid migrationId, string reason);

    [LoggerMessage(LogEventIds.FillLeft, LogLevel.Error, "Migration {MigrationId}: pages of the running workload are missing and cannot be given to it from here. It waits for them, unharmed; start a receiver with this work directory again, or kill it.", EventName = nameof(FillLeft))]
    public static partial void FillLeft(this ILogger logger, Exception exception, Guid migrationId);
}
