namespace U2CMigration.Criu;

/// <summary>CRIU refused or failed a request, or answered against its protocol.</summary>
public sealed class CriuException : Exception
{
    internal CriuException(string message, string request, int errorNumber = 0, string? logTail = null, Exception? innerException = null)
        : base(message, innerException)
    {
        Request = request;
        ErrorNumber = errorNumber;
        LogTail = logTail;
    }

    /// <summary>The request that failed, for example <c>DUMP</c>.</summary>
    public string Request { get; }

    /// <summary>The errno that CRIU reported, or 0; it reports one in few cases only.</summary>
    public int ErrorNumber { get; }

    /// <summary>The last lines of CRIU's log that carry errors, or null when there is no log.</summary>
    public string? LogTail { get; }
}
