using Microsoft.Extensions.Logging;

namespace U2CMigration.PageTracking.Logging;

/// <summary>Events 2000 to 2099: trackers.</summary>
internal static partial class Log
{
    [LoggerMessage(2000, LogLevel.Debug, "Process {ProcessId} is tracked; its main thread was held for {Microseconds:F0} us", EventName = "ProcessEntered")]
    internal static partial void Entered(ILogger logger, int processId, double microseconds);

    [LoggerMessage(2001, LogLevel.Warning, "Process {ProcessId} can not be tracked for now, all its pages are reported every time: {Reason}", EventName = "ProcessNotEntered")]
    internal static partial void NotEntered(ILogger logger, int processId, string reason);

    [LoggerMessage(2002, LogLevel.Debug, "Process {ProcessId} has executed another program and is tracked anew", EventName = "ProcessExecuted")]
    internal static partial void Executed(ILogger logger, int processId);

    [LoggerMessage(2003, LogLevel.Debug, "Process {ProcessId} has left the tree or ended", EventName = "ProcessLeft")]
    internal static partial void Left(ILogger logger, int processId);

    [LoggerMessage(2004, LogLevel.Debug, "{Pages} dirty pages of {Processes} processes found in {Milliseconds:F1} ms", EventName = "Collected")]
    internal static partial void Collected(ILogger logger, long pages, int processes, double milliseconds);

    [LoggerMessage(2005, LogLevel.Warning, "Process {ProcessId} can not be stopped, what it wrote is reported again in the next round: {Reason}", EventName = "ProcessNotStopped")]
    internal static partial void NotStopped(ILogger logger, int processId, string reason);

    [LoggerMessage(2006, LogLevel.Debug, "The longest stop of a process for it was {Microseconds:F0} us", EventName = "ProcessStopped")]
    internal static partial void Stopped(ILogger logger, double microseconds);

    [LoggerMessage(2007, LogLevel.Warning, "The kernel tracks no writes here: every look at the tree reads and hashes all of its memory ({Reason})", EventName = "HashingMemory")]
    internal static partial void HashingMemory(ILogger logger, string reason);

    [LoggerMessage(2008, LogLevel.Debug, "{Pages} pages read and hashed in {Milliseconds:F1} ms", EventName = "MemoryHashed")]
    internal static partial void Hashed(ILogger logger, long pages, double milliseconds);

    [LoggerMessage(2009, LogLevel.Warning, "Process {ProcessId} is tracked by {Tracker} for now: {Reason}", EventName = "ProcessTrackedOtherwise")]
    internal static partial void TrackedOtherwise(ILogger logger, int processId, string tracker, string reason);

    [LoggerMessage(2010, LogLevel.Debug, "Shared memory {Id}, {Pages} pages: {Compared} compared and {Differing} found to differ, {Milliseconds:F1} ms after the look began (doubt: {Doubt})", EventName = "SharedMemoryCompared")]
    internal static partial void SharedCompared(ILogger logger, int id, long pages, long compared, long differing, double milliseconds, SharedWriteDoubt doubt);
}
