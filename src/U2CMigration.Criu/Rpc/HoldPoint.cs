namespace U2CMigration.Criu.Rpc;

/// <summary>A notification that is held back until someone decides.</summary>
internal sealed class HoldPoint
{
    private readonly TaskCompletionSource<int> _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // CRIU is answered by the thread that decides: with a workload that is down, an answer must not wait for a thread that has other things to do.
    private readonly TaskCompletionSource<bool> _decision = new();

    /// <summary>Completes with the process id of the notification once CRIU waits here.</summary>
    internal Task<int> Reached => _reached.Task;

    internal async ValueTask<bool> HoldAsync(CriuNotification notification, CancellationToken cancellationToken)
    {
        _reached.TrySetResult(notification.ProcessId);
        return await _decision.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    internal void Decide(bool accept) => _decision.TrySetResult(accept);
}
