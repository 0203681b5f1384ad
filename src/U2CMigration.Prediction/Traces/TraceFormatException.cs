namespace U2CMigration.Prediction.Traces;

/// <summary>The bytes are not a trace that can be read: truncated, of another kind, of another version, or damaged. The message says which.</summary>
public sealed class TraceFormatException : FormatException
{
    internal TraceFormatException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
