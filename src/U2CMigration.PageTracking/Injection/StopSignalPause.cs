using static U2CMigration.PageTracking.Interop.NativeMethods;

namespace U2CMigration.PageTracking.Injection;

/// <summary>While one exists, stops of traced processes send no SIGCHLD to this process; ends of children do as ever.</summary>
/// <remarks>
/// The .NET runtime takes any state change that wait reports for the end of a child, and wait reports the stops of traced processes whether asked to or not:
/// a target started with System.Diagnostics.Process by this very program would be taken for ended, and its true end never be noticed.
/// </remarks>
internal sealed unsafe class StopSignalPause : IDisposable
{
    private static readonly Lock Gate = new();
    private static int _pauses;
    private static nint _handler;

    internal StopSignalPause()
    {
        lock (Gate)
        {
            if (_pauses++ == 0)
            {
                SignalActionArguments action;
                _ = SignalAction(SIGCHLD, null, &action);

                // Without a handler nobody listens; one that wants no news of stops is left alone too.
                bool listens = action.Handler is not (0 or 1) && (action.Flags & SA_NOCLDSTOP) == 0;
                _handler = listens ? action.Handler : 0;
                if (listens)
                {
                    action.Flags |= SA_NOCLDSTOP;
                    _ = SignalAction(SIGCHLD, &action, null);
                }
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (Gate)
        {
            if (--_pauses == 0 && _handler != 0)
            {
                SignalActionArguments action;
                _ = SignalAction(SIGCHLD, null, &action);
                if (action.Handler == _handler)
                {
                    action.Flags &= ~SA_NOCLDSTOP;
                    _ = SignalAction(SIGCHLD, &action, null);
                }
            }
        }
    }
}
