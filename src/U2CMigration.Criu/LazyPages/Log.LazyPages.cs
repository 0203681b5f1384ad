using Microsoft.Extensions.Logging;

namespace U2CMigration.Criu.LazyPages;

internal static partial class Log
{
    [LoggerMessage(5400, LogLevel.Debug, "Restored memory registered: {Tasks} processes, {Pages} pages installed ahead.", EventName = "LazyMemoryRegistered")]
    internal static partial void MemoryRegistered(ILogger logger, int tasks, long pages);

    [LoggerMessage(5401, LogLevel.Information, "All lazy pages installed {Duration} after the filling began: {Background} in the background, {Touches} on first touch, the longest wait {LongestWait}.", EventName = "LazyPagesInstalled")]
    internal static partial void AllPagesInstalled(ILogger logger, TimeSpan duration, long background, long touches, TimeSpan longestWait);

    [LoggerMessage(5402, LogLevel.Error, "Serving lazy pages failed; restored processes may wait for pages.", EventName = "LazyServingFailed")]
    internal static partial void ServingFailed(ILogger logger, Exception failure);

    [LoggerMessage(5405, LogLevel.Debug, "The restore ended before it had registered all memory; no process waits for pages.", EventName = "LazyRestoreEnded")]
    internal static partial void RestoreEndedFirst(ILogger logger, Exception failure);

    [LoggerMessage(5404, LogLevel.Debug, "The rehearsal of the lazy page serving failed; the first touches will take longer.", EventName = "LazyRehearsalFailed")]
    internal static partial void RehearsalFailed(ILogger logger, Exception failure);

    [LoggerMessage(5403, LogLevel.Critical, "A lazy pages daemon that had failed was disposed: the restored processes still wait for pages and its descriptors stay open. Kill the processes, then call Abandon.", EventName = "LazyServingLeftOpen")]
    internal static partial void LeftOpen(ILogger logger);
}
