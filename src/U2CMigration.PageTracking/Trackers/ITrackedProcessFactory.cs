namespace U2CMigration.PageTracking.Trackers;

/// <summary>Takes up the processes of a tree in one way of tracking.</summary>
internal interface ITrackedProcessFactory<TProcess>
    where TProcess : ITrackedProcess
{
    /// <summary>Takes up a process that the tree had when the tracking began, or fails.</summary>
    /// <param name="processId">The process.</param>
    /// <param name="parentProcessId">Its parent if that is tracked too, else 0.</param>
    /// <exception cref="PageTrackingException">The process can not be tracked; it is as it was.</exception>
    TProcess Enter(int processId, int parentProcessId);

    /// <summary>Takes up a process that turned up while its tree was tracked; what can not be done with it yet shows later.</summary>
    /// <inheritdoc cref="Enter"/>
    TProcess Open(int processId, int parentProcessId);

    /// <summary>Is told of each process that ended, left the tree or executed another program, before it is disposed.</summary>
    void Left(TProcess process);
}
