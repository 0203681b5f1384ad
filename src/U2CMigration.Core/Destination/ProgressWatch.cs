using U2CMigration.Transport;
using U2CMigration.Transport.Connections;
using U2CMigration.Transport.Messages;
using U2CMigration.Transport.Pages;

namespace U2CMigration.Core.Destination;

/// <summary>Receives from a source that has to get on: one that only says that it is there keeps memory and numbers from others.</summary>
internal sealed class ProgressWatch : IAsyncDisposable
{
    private readonly MigrationConnection _connection;
    private readonly TimeSpan _limit;
    private readonly CancellationTokenSource _stalled;
    private readonly CancellationTokenSource _end = new();
    private readonly CancellationToken _caller;
    private readonly Task _watching;
    private long _messages;
    private volatile bool _isOver;

    public ProgressWatch(MigrationConnection connection, TimeSpan limit, CancellationToken cancellationToken)
    {
        (_connection, _limit, _caller) = (connection, limit, cancellationToken);
        _stalled = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _watching = WatchAsync();
    }

    /// <summary>Takes pages until the next message.</summary>
    /// <exception cref="TransportException">The source sent nothing for too long.</exception>
    public async ValueTask<MigrationMessage> ReceiveAsync(IPageSink sink)
    {
        try
        {
            MigrationMessage message = await _connection.ReceiveAsync(sink, _stalled.Token).ConfigureAwait(false);
            Interlocked.Increment(ref _messages);
            return message;
        }
        catch (OperationCanceledException e) when (!_caller.IsCancellationRequested)
        {
            throw new StalledSourceException($"The source {_connection.Peer} sent neither pages nor images nor files for {_limit.TotalSeconds:0} s, although it is there ({nameof(Receiving.MigrationReceiverOptions.ProgressTimeout)}).", e);
        }
    }

    /// <summary>All is here. The end of the watch itself is left for later: a cancelled wait costs milliseconds of the downtime.</summary>
    public void Finish() => _isOver = true;

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync().ConfigureAwait(false);
        await _watching.ConfigureAwait(false);
        _end.Dispose();
        _stalled.Dispose();
    }

    private async Task WatchAsync()
    {
        try
        {
            using var timer = new PeriodicTimer(_limit);
            (long Messages, long Pages, long Files) before = (-1, -1, -1);
            while (await timer.WaitForNextTickAsync(_end.Token).ConfigureAwait(false))
            {
                (long Messages, long Pages, long Files) now = (Interlocked.Read(ref _messages), _connection.Statistics.PagesReceived, _connection.StreamBytesReceived);
                if (now == before && !_isOver)
                {
                    await _stalled.CancelAsync().ConfigureAwait(false);
                    return;
                }

                before = now;
            }
        }
        catch (OperationCanceledException)
        {
            // It got as far as the images.
        }
    }
}
