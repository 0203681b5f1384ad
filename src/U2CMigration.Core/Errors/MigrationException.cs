using U2CMigration.Core.Sessions;

namespace U2CMigration.Core.Errors;

/// <summary>A migration did not complete. Its last sentence says whether the workload is alive and whether a retry makes sense.</summary>
public class MigrationException : Exception
{
    internal MigrationException(string message, MigrationPhase phase, WorkloadState workload, bool isTransient, Exception? innerException = null)
        : base($"{message} {Ending(workload, isTransient)}", innerException)
    {
        Phase = phase;
        Workload = workload;
        IsTransient = isTransient;
    }

    /// <summary>The phase in which it failed.</summary>
    public MigrationPhase Phase { get; }

    /// <summary>What became of the workload.</summary>
    public WorkloadState Workload { get; }

    /// <summary>Whether the same migration may succeed when tried again without changing anything.</summary>
    public bool IsTransient { get; }

    private static string Ending(WorkloadState workload, bool isTransient)
    {
        string alive = workload switch
        {
            WorkloadState.Running => "The workload runs on the source as before",
            WorkloadState.Frozen => "The workload is frozen on the source until it is settled with ResolveAsync",
            WorkloadState.Moved => "The workload runs on the destination",
            WorkloadState.Held => "The destination has the only copy of the workload and runs it as soon as it has its file locks; ask with ResolveAsync",
            _ => "The workload has ended on the source",
        };
        string retry = (workload, isTransient) switch
        {
            (WorkloadState.Running, true) => "; a retry may succeed.",
            (WorkloadState.Running, false) => "; a retry needs the cause removed first.",
            (WorkloadState.Frozen or WorkloadState.Held, _) => "; do not retry before that.",
            _ => "; there is nothing to retry.",
        };
        return alive + retry;
    }
}
