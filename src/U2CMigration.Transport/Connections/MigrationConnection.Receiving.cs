using System.Buffers;
using System.IO.Pipelines;
using U2CMigration.Transport.Frames;
using U2CMigration.Transport.Messages;
using U2CMigration.Transport.Pages;

namespace U2CMigration.Transport.Connections;

public sealed partial class MigrationConnection
{
    private long _bytesReceived;
    private int _isReceiving;

    /// <summary>The bytes of all page frames taken since the connection was opened; what <see cref="RoundAck.ReceivedBytes"/> says. For the receiving side only.</summary>
    public long PageBytesReceived => _frames.PageFrameBytes;

    /// <summary>Waits for a control message; pages are a breach of the protocol.</summary>
    /// <param name="cancellationToken">Ends the waiting; the connection stays usable and nothing is lost.</param>
    /// <exception cref="TransportException">The connection failed, or the peer closed it.</exception>
    /// <exception cref="MigrationProtocolException">The peer broke the protocol.</exception>
    public ValueTask<MigrationMessage> ReceiveAsync(CancellationToken cancellationToken = default) => ReceiveCoreAsync(null, cancellationToken);

    /// <summary>Takes pages into a sink until a control message comes.</summary>
    /// <param name="sink">Where the pages go; called on the thread that receives.</param>
    /// <param name="cancellationToken">Ends the waiting; the connection stays usable and nothing is lost.</param>
    /// <exception cref="TransportException">The connection failed, the peer closed it, or a page was damaged on the way.</exception>
    /// <exception cref="MigrationProtocolException">The peer broke the protocol.</exception>
    /// <remarks>Allocates nothing per page or batch.</remarks>
    public ValueTask<MigrationMessage> ReceiveAsync(IPageSink sink, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(sink);
        return ReceiveCoreAsync(sink, cancellationToken);
    }

    private async ValueTask<MigrationMessage> ReceiveCoreAsync(IPageSink? sink, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _isDisposed) != 0, this);
        if (Interlocked.Exchange(ref _isReceiving, 1) != 0)
        {
            throw new InvalidOperationException("A receive is pending on this connection; await it before the next one.");
        }

        MarkHeard();
        try
        {
            while (true)
            {
                ReadResult result = await _input.ReadAsync(cancellationToken).ConfigureAwait(false);
                ThrowIfSilent(result);
                MarkHeard();
                FrameReader.Outcome outcome = Take(result, sink, out MigrationMessage? message);
                if (outcome == FrameReader.Outcome.Message && await AnswerAsync(message!, cancellationToken).ConfigureAwait(false))
                {
                    return message!;
                }

                if (outcome == FrameReader.Outcome.BatchEnd && (Features & ProtocolFeatures.PageAcknowledgements) != 0)
                {
                    await SendPagesAckAsync(_frames.PageFrameBytes, cancellationToken).ConfigureAwait(false);
                }
            }
        }
        catch (Exception e) when (IsStreamFailure(e))
        {
            throw Failed("Receiving failed", _bytesReceived, e);
        }
        finally
        {
            Volatile.Write(ref _isReceiving, 0);
        }
    }

    private FrameReader.Outcome Take(ReadResult result, IPageSink? sink, out MigrationMessage? message)
    {
        ReadOnlySequence<byte> buffer = result.Buffer;
        long before = buffer.Length;
        FrameReader.Outcome outcome = FrameReader.Outcome.NeedMore;
        message = null;
        try
        {
            outcome = _frames.Read(ref buffer, sink, out message);
        }
        finally
        {
            Interlocked.Add(ref _bytesReceived, before - buffer.Length);

            // Behind a complete frame the rest was not looked at yet; saying so makes the next read return it at once.
            _input.AdvanceTo(buffer.Start, outcome == FrameReader.Outcome.NeedMore ? buffer.End : buffer.Start);
        }

        if (outcome == FrameReader.Outcome.NeedMore && result.IsCompleted)
        {
            if (Volatile.Read(ref _isDisposed) != 0)
            {
                throw Failed("Receiving failed", _bytesReceived, new ObjectDisposedException(nameof(MigrationConnection)));
            }

            string where = buffer.IsEmpty && _frames.IsBetweenFrames ? "between two messages" : "in the middle of a message";
            throw new TransportException($"{Peer} closed the connection {where}, after {_bytesReceived} bytes.", Peer, _bytesReceived, isTransient: true);
        }

        if (outcome == FrameReader.Outcome.PagesAck)
        {
            TakeAcknowledgement(_frames.AcknowledgedBytes);
        }

        return outcome;
    }

    /// <summary>Handles what concerns the connection itself; true if the message is for the caller.</summary>
    private async ValueTask<bool> AnswerAsync(MigrationMessage message, CancellationToken cancellationToken)
    {
        switch (message)
        {
            case Ping ping:
                await SendAsync(new Pong(ping.Timestamp), cancellationToken).ConfigureAwait(false);
                return false;
            case Pong pong:
                Interlocked.Exchange(ref _roundTripTicks, Math.Max(0, _time.GetElapsedTime(pong.Timestamp).Ticks));
                return false;
            case StreamData piece:
                StreamFor(piece).Take(piece);
                return false;
            case StreamCredit credit:
                StreamFor(credit).Take(credit);
                return false;
            case RoundAck ack:
                TakeAcknowledgement(ack.ReceivedBytes);
                return true;
            default:
                return true;
        }
    }

    private void TakeAcknowledgement(long bytes)
    {
        if (!_link.OnAcknowledged(bytes) || !_achieved.OnAcknowledged(bytes))
        {
            throw new MigrationProtocolException("an acknowledgement of bytes that were sent", $"{bytes} bytes");
        }
    }
}
