namespace TraceLab.Workloads;

/// <summary>A program that is running, with everything that keeps it busy. Disposing ends it.</summary>
public interface IWorkload : IDisposable
{
    /// <summary>The process whose pages are recorded.</summary>
    int ProcessId { get; }

    /// <summary>What was started, for the header of the trace.</summary>
    string Command { get; }

    /// <summary>Operations that its client has had answered; null where nobody counts.</summary>
    long? Done { get; }

    /// <summary>Throws when it no longer does what it should.</summary>
    /// <exception cref="IOException">It has ended, or its client has failed.</exception>
    void ThrowIfBroken();
}
