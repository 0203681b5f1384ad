namespace U2CMigration.Core.Tests.Committing.Simulation;

/// <summary>A simulated program ends here, without executing another instruction.</summary>
internal sealed class CrashException : Exception
{
    public CrashException()
    {
    }

    public CrashException(string message)
        : base(message)
    {
    }

    public CrashException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
