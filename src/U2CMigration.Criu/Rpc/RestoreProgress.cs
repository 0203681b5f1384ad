namespace U2CMigration.Criu.Rpc;

/// <summary>How far a restore has come, and with it whether it may still be undone.</summary>
/// <remarks>
/// A restore is final once post-restore is accepted: CRIU unlocks the network then, and a peer may get an answer that no other copy would know of. Until then
/// its tasks have to be killed by us when CRIU itself is killed: they wait for it, each in its own session, and would wait for ever.
/// </remarks>
internal sealed class RestoreProgress : IDisposable
{
    private readonly CriuNotificationHandler? _handler;
    private readonly CancellationTokenSource _untilFinal = new();
    private readonly CancellationTokenRegistration _registration;
    private bool _isAccepted;

    internal RestoreProgress(CriuNotificationHandler? handler, CancellationToken cancellationToken)
    {
        _handler = handler;
        _registration = cancellationToken.Register(_untilFinal.Cancel);
    }

    /// <summary>The root of the restored tree; 0 while it is not known.</summary>
    internal int RootProcessId { get; private set; }

    internal bool IsFinal { get; private set; }

    /// <summary>The caller's token, without effect once the restore is final.</summary>
    internal CancellationToken Token => _untilFinal.Token;

    internal async ValueTask<bool> AnswerAsync(CriuNotification notification, CancellationToken cancellationToken)
    {
        bool isLastStop = notification.Kind == CriuNotificationKind.PostRestore;
        if (notification.ProcessId > 0)
        {
            // Known early where there are namespaces: the tree of a container is no descendant of CRIU.
            RootProcessId = notification.ProcessId;
        }

        bool accepted = _handler is null || await _handler(notification, cancellationToken).ConfigureAwait(false);
        if (isLastStop && accepted)
        {
            await _registration.DisposeAsync().ConfigureAwait(false);
            _untilFinal.Token.ThrowIfCancellationRequested();
            _isAccepted = true;
        }

        return accepted;
    }

    /// <summary>The answer to a step has left; CRIU that was killed before can not have acted on it.</summary>
    internal void AnswerSent() => IsFinal |= _isAccepted;

    public void Dispose()
    {
        _registration.Dispose();
        _untilFinal.Dispose();
    }
}
