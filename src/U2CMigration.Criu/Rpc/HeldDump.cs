using U2CMigration.Criu.Options;

namespace U2CMigration.Criu.Rpc;

/// <summary>One request of a worker to dump, which is held when the images are complete.</summary>
/// <param name="worker">The worker; it is the caller's to dispose.</param>
/// <param name="tasksStopped">Called when all tasks are stopped and nothing of them was looked at; whether CRIU may continue. What it throws is thrown by <see cref="HoldAsync"/>.</param>
internal sealed class HeldDump(CriuWorker worker, Func<ValueTask<bool>> tasksStopped) : IDisposable
{
    private static readonly TimeSpan CancelLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan RollbackLimit = TimeSpan.FromSeconds(10);

    private readonly HoldPoint _preDump = new();
    private readonly HoldPoint _postDump = new();
    private readonly CancellationTokenSource _untilKilled = new();
    private Task _request = Task.CompletedTask;
    private volatile bool _refusing;

    /// <summary>Whether the images are complete.</summary>
    internal bool IsComplete => _postDump.Reached.IsCompletedSuccessfully;

    internal CriuWorker Worker => worker;

    /// <summary>What CRIU was asked for; null before.</summary>
    internal CriuDumpOptions? Asked { get; private set; }

    /// <summary>Asks for the dump and returns when CRIU has read its settings and waits: it has touched nothing yet, and the tasks run.</summary>
    /// <param name="options">What to dump.</param>
    /// <param name="cancellationToken">Ends the wait; the caller ends the request.</param>
    /// <exception cref="CriuException">CRIU cannot do it.</exception>
    internal async Task AskAsync(CriuDumpOptions options, CancellationToken cancellationToken)
    {
        Ask(options);
        await (await Task.WhenAny(_request, _preDump.Reached).WaitAsync(cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);
    }

    /// <summary>Stops the tasks and writes the images; returns with the tasks still stopped.</summary>
    /// <param name="options">What to dump.</param>
    /// <param name="cancellationToken">Refuses CRIU's next step; after ten seconds the worker is killed. Ignored once the images are complete.</param>
    /// <exception cref="CriuException">The dump failed; the tasks run on.</exception>
    internal async Task HoldAsync(CriuDumpOptions options, CancellationToken cancellationToken)
    {
        if (Asked is null)
        {
            Ask(options);
        }

        CancellationTokenRegistration cancellation = cancellationToken.Register(() =>
        {
            // Killed at once, CRIU would leave its network lock behind: nobody would hear the workload again.
            _refusing = true;
            _untilKilled.CancelAfter(CancelLimit);
        });
        _preDump.Decide(accept: !_refusing);
        Task first = await Task.WhenAny(_request, _postDump.Reached).ConfigureAwait(false);

        // From here on the token is ignored; it may have been cancelled in the very moment the dump was complete.
        await cancellation.DisposeAsync().ConfigureAwait(false);
        if (first == _request || _refusing)
        {
            _postDump.Decide(accept: false);
            try
            {
                await _request.ConfigureAwait(false);
            }
            catch (CriuException exception) when (_refusing)
            {
                throw new OperationCanceledException("The dump was cancelled; the tasks run on.", exception, cancellationToken);
            }
        }
    }

    /// <summary>Lets CRIU undo the dump, or not begin with it.</summary>
    internal async Task UndoAsync()
    {
        _preDump.Decide(accept: false);
        _postDump.Decide(accept: false);
        if (await Task.WhenAny(_request, Task.Delay(RollbackLimit)).ConfigureAwait(false) != _request)
        {
            // The kernel detaches a killed tracer: the tasks run on in this case too.
            await worker.KillAsync().ConfigureAwait(false);
        }

        await EndAsync().ConfigureAwait(false);
    }

    /// <summary>Waits for the end of a request that is undone, or whose worker was killed.</summary>
    internal async Task EndAsync()
    {
        // After a commit nobody hears this any more; it only ends the wait in our own handler.
        _preDump.Decide(accept: false);
        _postDump.Decide(accept: false);

        // Both ways of settling end in a failed request; that it has ended is what counts.
        await _request.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>The request has to be at its end.</summary>
    public void Dispose() => _untilKilled.Dispose();

    private void Ask(CriuDumpOptions options)
    {
        _request = worker.DumpAsync(options, (notification, _) => AnswerAsync(notification), _untilKilled.Token);
        Asked = options;
    }

    private ValueTask<bool> AnswerAsync(CriuNotification notification) => notification.Kind switch
    {
        _ when _refusing => ValueTask.FromResult(false),
        CriuNotificationKind.PreDump => _preDump.HoldAsync(notification, CancellationToken.None),
        CriuNotificationKind.QueryExternalFiles => tasksStopped(),
        CriuNotificationKind.PostDump => _postDump.HoldAsync(notification, CancellationToken.None),

        // The lazy server must never serve; it cannot come this far while the port is occupied.
        CriuNotificationKind.StatusReady => ValueTask.FromResult(false),
        _ => ValueTask.FromResult(true),
    };
}
