using System.Buffers;
using System.IO.Pipelines;
using U2CMigration.Transport.Frames;
using U2CMigration.Transport.Messages;

namespace U2CMigration.Transport.Connections;

/// <summary>A stream of bytes in both directions beside the messages of a connection, in pieces between them. <see cref="MigrationConnection.OpenStream"/> makes it, on both ends.</summary>
/// <remarks>
/// Never more than <see cref="ProtocolLimits.StreamWindowBytes"/> are on their way: the receiver says what was taken, so that a reader that is slow holds up the writer, and neither pages nor messages. A peer that
/// sends more breaks the protocol. It flows while somebody receives on the connection.
/// </remarks>
public sealed class SideChannel : IDuplexPipe, IAsyncDisposable
{
    /// <summary>What is taken is reported in portions of this.</summary>
    private const int CreditStep = ProtocolLimits.StreamWindowBytes / 4;

    /// <summary>What lies ready for the reader, and what a writer may be ahead.</summary>
    private const int Buffered = 256 << 10;

    private readonly MigrationConnection _connection;
    private readonly Pipe _arrived = new(new PipeOptions(pauseWriterThreshold: 0, useSynchronizationContext: false));
    private readonly Pipe _input = new(new PipeOptions(pauseWriterThreshold: Buffered, resumeWriterThreshold: Buffered / 2, useSynchronizationContext: false));
    private readonly Pipe _output = new(new PipeOptions(pauseWriterThreshold: Buffered, resumeWriterThreshold: Buffered / 2, useSynchronizationContext: false));
    private readonly SemaphoreSlim _credit = new(0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();
    private readonly Task _taking;
    private readonly Task _sending;
    private long _sent;
    private long _credited;
    private long _received;
    private long _reported;
    private long _taken;
    private int _isDisposed;

    internal SideChannel(MigrationConnection connection)
    {
        _connection = connection;
        _taking = Task.Run(TakeAsync);
        _sending = Task.Run(SendAsync);
    }

    /// <summary>What the peer has written.</summary>
    public PipeReader Input => _input.Reader;

    /// <summary>To the peer; bytes leave when they are flushed.</summary>
    public PipeWriter Output => _output.Writer;

    /// <summary>The bytes that have arrived.</summary>
    public long ReceivedBytes => Interlocked.Read(ref _received);

    /// <summary>Ends it: what was not sent yet is not sent any more. The connection stays usable, unless the peer sends on.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0)
        {
            return;
        }

        await _stop.CancelAsync().ConfigureAwait(false);
        await _taking.ConfigureAwait(false);
        await _sending.ConfigureAwait(false);
        _stop.Dispose();
    }

    /// <summary>Takes a piece of the peer.</summary>
    /// <exception cref="MigrationProtocolException">It is more than the peer may send.</exception>
    internal void Take(StreamData piece)
    {
        lock (_lock)
        {
            if (_received + piece.Data.Length - _reported > ProtocolLimits.StreamWindowBytes)
            {
                throw new MigrationProtocolException($"at most {ProtocolLimits.StreamWindowBytes} bytes of the stream that were not taken yet", $"{_received + piece.Data.Length - _reported}");
            }

            _received += piece.Data.Length;
        }

        if (Volatile.Read(ref _isDisposed) != 0)
        {
            // The reader has given up, and says so.
            return;
        }

        _arrived.Writer.Write(piece.Data.Span);

        // Never waits: the window is the bound.
        ValueTask<FlushResult> flushed = _arrived.Writer.FlushAsync(CancellationToken.None);
        if (!flushed.IsCompleted)
        {
            throw new InvalidOperationException("What has arrived is bounded by the window, and not by a pipe.");
        }

        _ = flushed.Result;
    }

    /// <summary>Takes what the peer says of what it has taken.</summary>
    /// <exception cref="MigrationProtocolException">It cannot be.</exception>
    internal void Take(StreamCredit credit)
    {
        lock (_lock)
        {
            if (credit.TakenBytes > _sent || credit.TakenBytes < _credited)
            {
                throw new MigrationProtocolException($"{_credited} to {_sent} bytes of the stream taken", $"{credit.TakenBytes}");
            }

            _credited = credit.TakenBytes;
        }

        _credit.Release();
    }

    /// <summary>Hands on what has arrived, as far as the reader gets on, and says so to the peer.</summary>
    private async Task TakeAsync()
    {
        try
        {
            while (true)
            {
                ReadResult read = await _arrived.Reader.ReadAsync(_stop.Token).ConfigureAwait(false);
                foreach (ReadOnlyMemory<byte> segment in read.Buffer)
                {
                    _input.Writer.Write(segment.Span);
                }

                long taken = read.Buffer.Length;
                _arrived.Reader.AdvanceTo(read.Buffer.End);
                FlushResult flushed = await _input.Writer.FlushAsync(_stop.Token).ConfigureAwait(false);
                if (flushed.IsCompleted)
                {
                    break;
                }

                await ReportAsync(taken).ConfigureAwait(false);
            }
        }
        catch (Exception e)
        {
            await _input.Writer.CompleteAsync(Ended(e)).ConfigureAwait(false);
        }
    }

    private async Task ReportAsync(long taken)
    {
        _taken += taken;
        if (_taken - _reported < CreditStep)
        {
            return;
        }

        lock (_lock)
        {
            _reported = _taken;
        }

        await _connection.SendAsync(new StreamCredit(_reported), _stop.Token).ConfigureAwait(false);
    }

    /// <summary>Sends what is written, as far as the peer takes it.</summary>
    private async Task SendAsync()
    {
        try
        {
            while (true)
            {
                ReadResult read = await _output.Reader.ReadAsync(_stop.Token).ConfigureAwait(false);
                ReadOnlySequence<byte> left = read.Buffer;
                while (!left.IsEmpty)
                {
                    ReadOnlyMemory<byte> piece = left.First.Length <= ProtocolLimits.MaxStreamPieceBytes ? left.First : left.First[..ProtocolLimits.MaxStreamPieceBytes];
                    if (piece.Length > 0)
                    {
                        await WaitForRoomAsync(piece.Length).ConfigureAwait(false);
                        await _connection.SendAsync(new StreamData(piece), _stop.Token).ConfigureAwait(false);
                    }

                    left = left.Slice(piece.Length);
                }

                _output.Reader.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted)
                {
                    return;
                }
            }
        }
        catch (Exception e)
        {
            await _output.Reader.CompleteAsync(Ended(e)).ConfigureAwait(false);
        }
    }

    private async Task WaitForRoomAsync(int bytes)
    {
        while (true)
        {
            lock (_lock)
            {
                if (_sent + bytes - _credited <= ProtocolLimits.StreamWindowBytes)
                {
                    _sent += bytes;
                    return;
                }
            }

            await _credit.WaitAsync(_stop.Token).ConfigureAwait(false);
        }
    }

    private IOException Ended(Exception cause) => cause is OperationCanceledException
        ? new IOException($"The stream with {_connection.Peer} was closed on this side.", cause)
        : new IOException($"The stream with {_connection.Peer} is broken: {cause.Message}", cause);
}
