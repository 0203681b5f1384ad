using System.Diagnostics;

namespace U2CMigration.Criu.LazyPages.Serving;

/// <summary>Pages that the caller wants in before the processes are resumed.</summary>
internal sealed class InstallRequest(ReadOnlyMemory<LazyPageRange> ranges, TimeSpan budget, CancellationToken cancellationToken)
{
    private readonly TaskCompletionSource<long> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly long _start = Stopwatch.GetTimestamp();

    internal PriorityWalk Walk { get; } = new(ranges);

    internal long Pages { get; set; }

    internal Task<long> Completion => _completion.Task;

    /// <summary>Whether the time is up or the caller has given up.</summary>
    internal bool IsOver => cancellationToken.IsCancellationRequested
        || (budget != Timeout.InfiniteTimeSpan && Stopwatch.GetElapsedTime(_start) >= budget);

    internal void Finish()
    {
        if (cancellationToken.IsCancellationRequested)
        {
            _completion.TrySetCanceled(cancellationToken);
        }
        else
        {
            _completion.TrySetResult(Pages);
        }
    }

    internal void Fail(Exception reason) => _completion.TrySetException(reason);
}
