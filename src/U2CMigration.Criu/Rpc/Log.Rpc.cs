using Microsoft.Extensions.Logging;

namespace U2CMigration.Criu.Rpc;

/// <summary>Event ids 5000 to 5099.</summary>
internal static partial class Log
{
    [LoggerMessage(5000, LogLevel.Debug, "CRIU worker {ProcessId} started in {Milliseconds:F1} ms", EventName = "CriuWorkerStarted")]
    internal static partial void WorkerStarted(this ILogger logger, int processId, double milliseconds);

    [LoggerMessage(5001, LogLevel.Debug, "CRIU reached {Step} (process {ProcessId})", EventName = "CriuNotified")]
    internal static partial void Notified(this ILogger logger, string step, int processId);

    [LoggerMessage(5002, LogLevel.Debug, "CRIU answered {Request}: success {Success} after {Milliseconds:F1} ms", EventName = "CriuAnswered")]
    internal static partial void Answered(this ILogger logger, string request, bool success, double milliseconds);

    [LoggerMessage(5003, LogLevel.Information, "{Request} was cancelled; CRIU worker {ProcessId} is killed", EventName = "CriuCancelled")]
    internal static partial void Cancelled(this ILogger logger, string request, int processId);

    [LoggerMessage(5004, LogLevel.Warning, "The network lock of the dump was not removed", EventName = "CriuNetworkLockLeft")]
    internal static partial void NetworkLockLeft(this ILogger logger, Exception exception);

    [LoggerMessage(5005, LogLevel.Debug, "CRIU looks for pages itself: {Reason}", EventName = "CriuMemoryNotHidden")]
    internal static partial void MemoryNotHidden(this ILogger logger, string reason);

    [LoggerMessage(5006, LogLevel.Warning, "CRIU looks for pages itself", EventName = "CriuHidingFailed")]
    internal static partial void HidingFailed(this ILogger logger, Exception exception);

    [LoggerMessage(5007, LogLevel.Warning, "CRIU copies shared memory itself, while the tasks are stopped: {Reason}", EventName = "CriuContentNotOmitted")]
    internal static partial void ContentNotOmitted(this ILogger logger, string reason);

    [LoggerMessage(5008, LogLevel.Debug, "CRIU left out the content of {Files} files", EventName = "CriuContentOmitted")]
    internal static partial void ContentOmitted(this ILogger logger, int files);
}
