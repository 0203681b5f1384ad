namespace U2CMigration.Transport;

/// <summary>The connection to the other host failed, or what came over it was damaged on the way.</summary>
/// <remarks>
/// The connection cannot be used any more. Whether the workload is alive depends on the message sent last: before <c>Commit</c> it runs on (or is
/// thawed on) the source; after it, ask the destination with <c>Query</c> before anything else is done.
/// </remarks>
public sealed class TransportException : Exception
{
    internal TransportException(string message, string peer, long bytesDone, bool isTransient, Exception? innerException = null)
        : base(message, innerException)
    {
        Peer = peer;
        BytesDone = bytesDone;
        IsTransient = isTransient;
    }

    /// <summary>The other host, as an address with port where it is known.</summary>
    public string Peer { get; }

    /// <summary>The bytes that had crossed the connection in the direction that failed.</summary>
    public long BytesDone { get; }

    /// <summary>Whether trying again with a new connection can succeed: true for a lost link, false for a refused certificate.</summary>
    public bool IsTransient { get; }
}
