using System.IO.Pipelines;
using U2CMigration.Transport.Messages;

namespace U2CMigration.Transport.Connections;

public sealed partial class MigrationConnection
{
    private long _heardAt;
    private long _spokenAt;
    private long _roundTripTicks;
    private long _peerTimeoutTicks;
    private bool _isSilent;
    private bool _isAtWork;

    /// <summary>Asks the peer whether it is there; the answer is taken in by the receiving and shows as <see cref="ConnectionStatistics.RoundTripTime"/>.</summary>
    /// <param name="cancellationToken">As for <see cref="SendAsync"/>.</param>
    /// <exception cref="TransportException">The connection failed.</exception>
    public ValueTask PingAsync(CancellationToken cancellationToken = default) => SendAsync(new Ping(_time.GetTimestamp()), cancellationToken);

    /// <summary>How long the peer may say nothing while a receive is pending before the connection counts as lost; looked at every <see cref="MigrationConnectionOptions.KeepAliveInterval"/>.</summary>
    /// <value>Above <see cref="MigrationConnectionOptions.KeepAliveInterval"/>. Default: <see cref="MigrationConnectionOptions.PeerTimeout"/>. May be changed at any time, from any thread.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is too small.</exception>
    public TimeSpan PeerTimeout
    {
        get => TimeSpan.FromTicks(Interlocked.Read(ref _peerTimeoutTicks));
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(value, _options.KeepAliveInterval);
            Interlocked.Exchange(ref _peerTimeoutTicks, value.Ticks);
        }
    }

    /// <summary>Whether this end is at work for the peer, and says that it is there even while no receive is pending.</summary>
    /// <value>Default: false. May be changed at any time, from any thread.</value>
    public bool IsAtWork
    {
        get => Volatile.Read(ref _isAtWork);
        set => Volatile.Write(ref _isAtWork, value);
    }

    private void BeginKeepAlive()
    {
        MarkHeard();
        MarkSpoken();
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
                // Silence of the peer means something only while somebody listens: no one reads its answers otherwise.
                bool listens = Volatile.Read(ref _isReceiving) != 0;
                TimeSpan silence = _time.GetElapsedTime(Interlocked.Read(ref _heardAt));
                if (listens && silence >= PeerTimeout)
                {
                    Log.PeerSilent(_logger, Peer, silence.TotalSeconds);
                    Volatile.Write(ref _isSilent, true);
                    _input.CancelPendingRead();
                    break;
                }

                bool isDue = (listens && silence >= _options.KeepAliveInterval) || (IsAtWork && _time.GetElapsedTime(Interlocked.Read(ref _spokenAt)) >= _options.KeepAliveInterval);

                // Not awaited here: over a dead link it may be stuck behind a full send buffer, which must not stop the clock.
                if (isDue && ping.IsCompleted)
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

    private void MarkSpoken() => Interlocked.Exchange(ref _spokenAt, _time.GetTimestamp());

    private void MarkHeard() => Interlocked.Exchange(ref _heardAt, _time.GetTimestamp());

    private void ThrowIfSilent(ReadResult result)
    {
        if (result.IsCanceled && Volatile.Read(ref _isSilent))
        {
            _input.AdvanceTo(result.Buffer.Start);
            throw new TransportException(
                $"{Peer} said nothing for {PeerTimeout.TotalSeconds} s: the host or the link is down, or it does not receive.", Peer, _bytesReceived, isTransient: true);
        }
    }
}
