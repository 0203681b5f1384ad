using System.Runtime.CompilerServices;
using U2CMigration.Transport.Frames;
using U2CMigration.Transport.Messages;
using U2CMigration.Transport.Pages;

namespace U2CMigration.Transport.Connections;

public sealed partial class MigrationConnection
{
    private readonly SemaphoreSlim _sendLock = new(1, 1);
    private readonly PayloadWriter _payloads = new();
    private readonly CancellationTokenSource _writeAbort;
    private ulong _sendSequence;
    private long _bytesSent;
    private long _pagesSent;
    private long _zeroPagesSent;
    private bool _isCut;

    /// <summary>Sends a control message at once. Only pieces of images and of the stream wait for the rate limit.</summary>
    /// <param name="message">The message.</param>
    /// <param name="cancellationToken">Ends the call before the message begins to leave; once begun it gets <see cref="MigrationConnectionOptions.CancelGrace"/> to leave in full.</param>
    /// <exception cref="ArgumentException">A value in the message cannot be sent; nothing was.</exception>
    /// <exception cref="TransportException">The connection failed.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask SendAsync(MigrationMessage message, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (BytesOf(message) is > 0 and var bytes)
        {
            await _rateLimiter.AcquireAsync(bytes, cancellationToken).ConfigureAwait(false);
        }

        await _sendLock.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await WriteAsync(_payloads.Encode(message, _sendSequence), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _sendLock.Release();
        }
    }

    /// <summary>Sends a batch of pages: one frame, written from the memory of the batch. A batch without pages sends nothing.</summary>
    /// <param name="batch">The batch; sealed by this call if it is not. Not to be changed until the call ends, then to be cleared.</param>
    /// <param name="cancellationToken">As for <see cref="SendAsync"/>.</param>
    /// <exception cref="InvalidOperationException">The batch was sealed with a codec, and the peer has none (<see cref="ProtocolFeatures.PageCodec"/>).</exception>
    /// <exception cref="TransportException">The connection failed.</exception>
    /// <remarks>Allocates nothing, unless the rate limit makes it wait.</remarks>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask SendPagesAsync(PageBatch batch, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(batch);
        batch.Seal();
        if (batch.IsCoded && (Features & ProtocolFeatures.PageCodec) == 0)
        {
            throw new InvalidOperationException("The peer does not know the page codec; seal batches for it without one.");
        }

        if (batch.SentPages == 0)
        {
            return;
        }

        await _rateLimiter.AcquireAsync(batch.WireBytes, cancellationToken).ConfigureAwait(false);
        await _sendLock.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ObserveLink();
            _link.OnSending(batch.WireBytes, batch.SentPages);
            _achieved.OnSending(batch.WireBytes, batch.SentPages);
            await WriteAsync(batch.Frame(_sendSequence), cancellationToken).ConfigureAwait(false);
            Interlocked.Add(ref _pagesSent, batch.SentPages);
            Interlocked.Add(ref _zeroPagesSent, batch.ZeroPages);
        }
        finally
        {
            _sendLock.Release();
        }
    }

    private static int BytesOf(MigrationMessage message) => message switch
    {
        ImageFile file => file.Data.Length,
        StreamData piece => piece.Data.Length,
        _ => 0,
    };

    private void ObserveLink()
    {
        if (_socket is not null && TcpCounters.TryRead(_socket, out TcpCounters counters))
        {
            _capacity.Observe(counters);
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask SendPagesAckAsync(long bytes, CancellationToken cancellationToken)
    {
        await _sendLock.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await WriteAsync(_payloads.EncodePagesAck(bytes, _sendSequence), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _sendLock.Release();
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask WriteAsync(ReadOnlyMemory<byte> frame, CancellationToken cancellationToken)
    {
        if (_isCut || _writeAbort.IsCancellationRequested)
        {
            throw new TransportException($"An earlier message to {Peer} was cut in the middle; nothing can follow it.", Peer, _bytesSent, isTransient: true);
        }

        CancellationTokenRegistration registration = cancellationToken.UnsafeRegister(
            static state => ((MigrationConnection)state!)._writeAbort.CancelAfter(((MigrationConnection)state)._options.CancelGrace), this);
        _isCut = true;
        try
        {
            await _stream.WriteAsync(frame, _writeAbort.Token).ConfigureAwait(false);
            await _stream.FlushAsync(_writeAbort.Token).ConfigureAwait(false);
            _isCut = false;
            MarkSpoken();
            _sendSequence++;
            Interlocked.Add(ref _bytesSent, frame.Length);
        }
        catch (OperationCanceledException e)
        {
            throw new OperationCanceledException("The sending was cancelled in the middle of a frame; the connection cannot be used any more.", e, cancellationToken);
        }
        catch (Exception e) when (IsStreamFailure(e))
        {
            throw Failed("Sending failed", _bytesSent, e);
        }
        finally
        {
            // Disposing waits for a callback under way, so that the grace of this frame cannot run out on the next one.
            registration.Dispose();
            if (cancellationToken.IsCancellationRequested)
            {
                _writeAbort.CancelAfter(Timeout.InfiniteTimeSpan);
            }
        }
    }
}
