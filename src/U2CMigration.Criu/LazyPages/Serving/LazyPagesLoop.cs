using System.Diagnostics;
using Microsoft.Extensions.Logging;
using U2CMigration.Criu.LazyPages.Handover;

namespace U2CMigration.Criu.LazyPages.Serving;

/// <summary>The one thread that serves all processes: touches and events first, filling in between.</summary>
/// <remarks>
/// One thread, because a page may not be copied on knowledge older than the last event that was read (<see cref="TaskMessages"/>): a second
/// thread would have to stand still at every look for events. It is awake while it fills, so a touch waits for the rest of a copy, never for
/// a thread to be woken.
/// </remarks>
internal sealed class LazyPagesLoop : IDisposable
{
    private const int EagerLooks = 64;

    private readonly LazyPagesCounters _counters;
    private readonly LazyPagesOrders _orders;
    private readonly LazyPagesPromises _promises;
    private readonly RestoreSocket? _socket;
    private readonly ServingRecord? _record;
    private readonly FinishedTasks _finished;
    private readonly RestoredTasks _tasks;
    private readonly TaskServer _server;
    private readonly PageFiller _filler;
    private readonly FillPace _pace;
    private readonly ILogger _logger;
    private long _lastLook;
    private int _looksSinceTouch = EagerLooks;
    private int _blocked;
    private bool _isRegistered;
    private bool _isComplete;
    private bool _isLeaving;
    private CriuException? _failure;

    internal LazyPagesLoop(LazyPagesOptions options, ILazyPageSource source, IReadOnlyList<LazyTask> tasks, LazyPagesOrders orders, LazyPagesPromises promises, ILogger logger,
        ServingRecord? record = null, IReadOnlyDictionary<int, Microsoft.Win32.SafeHandles.SafeFileHandle>? taken = null)
    {
        var installer = new PageInstaller(source);
        _orders = orders;
        _promises = promises;
        _logger = logger;
        _record = record;
        _counters = new LazyPagesCounters();
        _tasks = new RestoredTasks(tasks, source, _counters, record);
        _finished = new FinishedTasks(_tasks, record);
        _server = new TaskServer(_tasks, new TouchServer(installer, _counters, options.ReadAheadPages), _counters, record);
        _filler = new PageFiller(_tasks, installer, _counters);
        _pace = new FillPace(options.TouchedFillBytes, options.FillBytes);
        if (taken is null)
        {
            _socket = new RestoreSocket(options.SocketPath);
        }
        else
        {
            new LogReplay(_tasks, _counters, record!, taken).Run();
            _isRegistered = true;
            promises.Registered();
        }
    }

    internal void Run()
    {
        Rehearse();
        while (!_isComplete && !_isLeaving && !_orders.StopRequested)
        {
            try
            {
                Turn();
            }
            catch (Exception failure)
            {
                // Whatever it is, the processes that wait are better served without one page than not at all.
                Fail(failure as CriuException ?? new CriuException($"Serving lazy pages failed: {failure.Message}", "LAZY_PAGES", innerException: failure));
            }
        }

        End();
    }

    /// <inheritdoc/>
    public void Dispose() => _socket?.Dispose();

    private bool MayFill => _isRegistered && _failure is null && _orders.FillOrder is not null;

    private void Rehearse()
    {
        try
        {
            Rehearsal.Run();
        }
        catch (CriuException failure)
        {
            Log.RehearsalFailed(_logger, failure);
        }
    }

    private void Turn()
    {
        int timeout = NextTimeout();
        long previousLook = _lastLook;
        _lastLook = Stopwatch.GetTimestamp();
        _orders.Descriptors.Wait(_tasks, _socket?.Handle ?? -1, timeout);

        // After a sleep a touch came when the sleep ended; while awake it may have come right after the look before.
        bool touched = _server.Serve(_orders.Descriptors, timeout == 0 ? previousLook : Stopwatch.GetTimestamp());
        _pace.Adapt(touched);
        _looksSinceTouch = touched ? 0 : _looksSinceTouch + 1;
        if (_orders.Descriptors.SocketIsReady)
        {
            Converse();
        }

        FillStep step = Work();
        _blocked = step == FillStep.Blocked || _server.HasWaiting ? _blocked + 1 : 0;
        CloseFinished();
        if (_orders.LeaveRequested)
        {
            Leave();
        }
    }

    private int NextTimeout()
    {
        if (_blocked == 0)
        {
            // Touches come in flocks: to be woken for each would double the time it takes.
            return MayFill || _orders.NextRequest is not null || _looksSinceTouch < EagerLooks ? 0 : Timeout.Infinite;
        }

        // The process is about to go on by itself, or to send an event: give way, at last sleep.
        _ = Thread.Yield();
        return _blocked < EagerLooks ? 0 : 1;
    }

    private FillStep Work()
    {
        if (_orders.NextRequest is { } request)
        {
            FillStep step = _filler.Step(request, _pace.Pages, _isRegistered);
            if (step == FillStep.Idle || request.IsOver)
            {
                _orders.FinishRequest();
            }

            return step;
        }

        return MayFill ? _filler.Step(_orders.FillOrder!, _pace.Pages) : FillStep.Idle;
    }

    private void Converse()
    {
        RestoreConversation? conversation = _socket!.Conversation ?? _socket.Accept();
        while (true)
        {
            switch (conversation.Next(out int processId, out var descriptor))
            {
                case RestoreConversation.Step.Task:
                    _tasks.Arrived(processId, descriptor!, conversation.Sender);
                    break;
                case RestoreConversation.Step.DeadTask:
                    _tasks.Dead(processId);
                    break;
                case RestoreConversation.Step.Registered:
                    Registered();
                    break;
                case RestoreConversation.Step.Closed:
                    Closed();
                    return;
                default:
                    return;
            }
        }
    }

    private void Registered()
    {
        _isRegistered = true;
        if (_tasks.FirstMissing() is { } missing)
        {
            throw new CriuException(
                $"CRIU restored without announcing process {missing.ProcessId}, whose {missing.Pages} lazy pages would read as zeros. Kill the restored processes and continue at the source. Check that the ranges are those of the images that are restored.",
                "LAZY_PAGES");
        }

        Log.MemoryRegistered(_logger, _tasks.Open.Length, _counters.InstalledAhead);
        _promises.Registered();
    }

    private void Closed()
    {
        _socket!.Dispose();
        if (!_isRegistered)
        {
            _isLeaving = true;
            throw new CriuException("CRIU's restore ended before it had registered all memory. The source still has the process; the restore log says why.", "LAZY_PAGES");
        }
    }

    /// <summary>CRIU must not learn that it has finished when nobody is left to serve: take its last word before cutting it off.</summary>
    private void Leave()
    {
        if (!_isRegistered)
        {
            _isLeaving = true;
            _socket!.Refuse();
            if (_socket.Conversation is not null)
            {
                Converse();
            }
        }

        _isLeaving &= !_isRegistered;
        if (_failure is not null && _isRegistered)
        {
            _promises.Part(goesOn: true);
        }
    }

    private void CloseFinished()
    {
        if (!_isRegistered)
        {
            return;
        }

        _isComplete = _finished.TryClose(mayFinish: _failure is null && !_server.HasWaiting) && _failure is null;
        if (_finished.Waits)
        {
            _blocked = EagerLooks;
        }
    }

    private void Fail(CriuException failure)
    {
        // Sleep between looks from now on: what failed may be there at every look.
        _blocked = EagerLooks;
        if (_failure is not null)
        {
            return;
        }

        _failure = failure;
        if (_isRegistered)
        {
            Log.ServingFailed(_logger, failure);
        }
        else
        {
            // CRIU's restore is what failed, which is known by itself; it removes its processes.
            Log.RestoreEndedFirst(_logger, failure);
        }

        _promises.Fail(failure);
        _orders.EndRequests(failure);
    }

    private void End()
    {
        LazyPagesResult result = _counters.ToResult(_orders.FillElapsed);
        for (int position = _tasks.Open.Length - 1; position >= 0; position--)
        {
            _tasks.Close(_tasks.Open[position]);
        }

        _socket?.Dispose();
        CriuException? failure = null;
        if (_isComplete)
        {
            Log.AllPagesInstalled(_logger, result.FillDuration, result.BackgroundPages, result.TouchesServed, result.LongestTouchWait);
            _promises.Completed(result);
        }
        else
        {
            failure = new CriuException("The serving of lazy pages was given up before all pages were in.", "LAZY_PAGES");
            _promises.Fail(failure);
        }

        _orders.Close(failure);
        _promises.Part(goesOn: false);
    }
}
