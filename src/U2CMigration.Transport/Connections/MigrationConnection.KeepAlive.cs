using System.IO.Pipelines;
using U2CMigration.Transport.Messages;

namespace U2CMigration.Transport.Connections;

public sealed partial class MigrationConnection
{
    private long _heardAt;
    private long _roundTripTicks;
    private bool _isSilent;

    /// <summary>Asks the peer whether it is there; the answer is taken in by the receiving and shows as <see cref="ConnectionStatistics.RoundTripTime"/>.</summary>
    /// <param name="cancellationToken">As for <see cref="SendAsync"/>.</param>
    /// <exception cref="TransportException">The connection failed.</exception>
    public ValueTask PingAsync(CancellationToken cancellationToken = default) => SendAsync(new Ping(_time.GetTimestamp()), cancellationToken);

    private void BeginKeepAlive()
    {
        MarkHeard();
        if (_options.KeepAliveInterval > TimeSpan.Zero)
        {
            _keepAlive = KeepAliveAsync();
        }
    }

    private async Task KeepAliveAsync()
    {
        using var timer = new PeriodicTimer(_options.KeepAliveInterval, _time);
        Task ping = Task.CompletedTask;
        try
        {
            while (await timer.WaitForNextTickAsync(_closing.Token).ConfigureAwait(false))
            {
                // Silence means something only while somebody listens: nobody reads the answers of a peer otherwise.
                TimeSpan silence = _time.GetElapsedTime(Interlocked.Read(ref _heardAt));
                if (Volatile.Read(ref _isReceiving) == 0 || silence < _options.KeepAliveInterval)
                {
                    continue;
                }

                if (silence >= _options.PeerTimeout)
                {
                    Log.PeerSilent(_logger, Peer, silence.TotalSeconds);
                    Volatile.Write(ref _isSilent, true);
                    _input.CancelPendingRead();
                    break;
                }

                // Not awaited here: over a dead link it may be stuck behind a full send buffer, which must not stop the clock.
                if (ping.IsCompleted)
                {
                    ping = PingQuietlyAsync();
                }
            }
        }
        catch (OperationCanceledException)
        {
        }

        await ping.ConfigureAwait(false);
    }

    private async Task PingQuietlyAsync()
    {
        try
        {
            await PingAsync(_closing.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is TransportException or OperationCanceledException)
        {
            Log.PingFailed(_logger, Peer, e);
        }
    }

    private void MarkHeard() => Interlocked.Exchange(ref _heardAt, _time.GetTimestamp());

    private void ThrowIfSilent(ReadResult result)
    {
        if (result.IsCanceled && Volatile.Read(ref _isSilent))
        {
            _input.AdvanceTo(result.Buffer.Start);
            throw new TransportException(
                $"{Peer} said nothing for {_options.PeerTimeout.TotalSeconds} s: the host or the link is down, or it does not receive.", Peer, _bytesReceived, isTransient: true);
        }
    }
}
