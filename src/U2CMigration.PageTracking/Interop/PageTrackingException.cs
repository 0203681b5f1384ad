using U2CMigration.PageTracking.Interop;

namespace U2CMigration.PageTracking;

/// <summary>Tracking or reading the memory of a process failed. The process itself is not harmed.</summary>
public sealed class PageTrackingException : Exception
{
    internal PageTrackingException(string message, int errorNumber = 0, Exception? innerException = null)
        : base(message, innerException) => ErrorNumber = errorNumber;

    /// <summary>The errno of the system call that failed, or 0.</summary>
    public int ErrorNumber { get; }

    /// <summary>
    /// Whether the process has ended, or has at least given up its memory on the way there: it does that first, and <c>/proc</c> calls it running for as long as that takes.
    /// </summary>
    public bool IsProcessGone => ErrorNumber == Errno.ESRCH;
}
