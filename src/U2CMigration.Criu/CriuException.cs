using U2CMigration.Criu.Logs;

namespace U2CMigration.Criu;

/// <summary>CRIU refused or failed a request, or answered against its protocol.</summary>
public sealed class CriuException : Exception
{
    internal CriuException(
        string message, string request, int errorNumber = 0, string? logTail = null, Exception? innerException = null, ErrorLine? cause = null, int? exitCode = null)
        : base(message, innerException)
    {
        Cause = cause?.Text;
        ProcessId = cause?.ProcessId ?? 0;
        ExitCode = exitCode;
        Request = request;
        ErrorNumber = errorNumber;
        LogTail = logTail;
    }

    /// <summary>The request that failed, for example <c>DUMP</c>.</summary>
    public string Request { get; }

    /// <summary>The code with which CRIU ended instead of answering, 128 plus the number of a signal that ended it; null when it answered.</summary>
    public int? ExitCode { get; }

    /// <summary>The errno that CRIU reported, or 0; it reports one in few cases only.</summary>
    public int ErrorNumber { get; }

    /// <summary>What CRIU said was the reason, in its own words without time and source position; null when it said nothing.</summary>
    public string? Cause { get; }

    /// <summary>The process that CRIU was working on, as numbered in the images; 0 when it did not say.</summary>
    public int ProcessId { get; }

    /// <summary>The last lines of CRIU's log that carry errors, each with those before it; where it had no log yet, what it wrote to its standard error. Null for nothing.</summary>
    public string? LogTail { get; }
}
