using System.Diagnostics;

namespace U2CMigration.Criu.LazyPages.Serving;

/// <summary>What the rest of the program wants from the serving thread.</summary>
internal sealed class LazyPagesOrders : IDisposable
{
    private readonly Queue<InstallRequest> _requests = new();
    private readonly Lock _gate = new();
    private volatile PriorityWalk? _fillOrder;
    private volatile bool _stop;
    private volatile bool _leave;
    private volatile InstallRequest? _next;
    private long _fillStart;
    private CriuException? _failure;
    private bool _isOver;

    internal Descriptors Descriptors { get; } = new();

    /// <summary>Whether to end at once, whatever becomes of the processes.</summary>
    internal bool StopRequested => _stop;

    /// <summary>Whether to end as soon as that harms no process.</summary>
    internal bool LeaveRequested => _leave;

    /// <summary>What to fill first; null when filling was not asked for.</summary>
    internal PriorityWalk? FillOrder => _fillOrder;

    /// <summary>The time since filling was asked for.</summary>
    internal TimeSpan FillElapsed => _fillOrder is null ? TimeSpan.Zero : Stopwatch.GetElapsedTime(_fillStart);

    /// <summary>The request to work on; null when there is none.</summary>
    internal InstallRequest? NextRequest => _next;

    internal void Add(InstallRequest request)
    {
        lock (_gate)
        {
            if (_isOver)
            {
                End(request);
                return;
            }

            _requests.Enqueue(request);
            _next ??= request;
            Signal();
        }
    }

    internal void FinishRequest()
    {
        lock (_gate)
        {
            _requests.Dequeue().Finish();
            _next = _requests.TryPeek(out InstallRequest? request) ? request : null;
        }
    }

    /// <summary>Ends all requests, and those that come later.</summary>
    /// <param name="failure">Why; null when every page is in.</param>
    internal void EndRequests(CriuException? failure)
    {
        lock (_gate)
        {
            _isOver = true;
            _failure ??= failure;
            _next = null;
            while (_requests.TryDequeue(out InstallRequest? request))
            {
                End(request);
            }
        }
    }

    internal void Fill(ReadOnlyMemory<LazyPageRange> first)
    {
        lock (_gate)
        {
            if (_fillOrder is null)
            {
                _fillStart = Stopwatch.GetTimestamp();
                _fillOrder = new PriorityWalk(first);
                Signal();
            }
        }
    }

    internal void Stop()
    {
        lock (_gate)
        {
            _stop = true;
            Signal();
        }
    }

    internal void Leave()
    {
        _leave = true;
        Fill(default);
        lock (_gate)
        {
            Signal();
        }
    }

    /// <summary>The thread has ended: nothing can be ordered any more.</summary>
    /// <param name="failure">Why; null when every page is in.</param>
    internal void Close(CriuException? failure)
    {
        EndRequests(failure);
        Dispose();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            Descriptors.Dispose();
        }
    }

    private void End(InstallRequest request)
    {
        if (_failure is not null)
        {
            request.Fail(_failure);
        }
        else
        {
            request.Finish();
        }
    }

    private void Signal()
    {
        if (!Descriptors.IsClosed)
        {
            Descriptors.Signal();
        }
    }
}
