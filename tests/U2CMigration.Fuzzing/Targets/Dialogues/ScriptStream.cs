using System.Buffers.Binary;
using U2CMigration.Transport.Frames;

namespace U2CMigration.Fuzzing.Targets.Dialogues;

/// <summary>
/// A connection whose other end says what a script has, and closes it then. What an honest peer would say only later waits for that, but not for long. What is written to it is kept as the kinds of its frames.
/// </summary>
/// <param name="pieces">What it has.</param>
/// <param name="isPatient">Whether it waits for as long as it takes.</param>
internal sealed class ScriptStream(IReadOnlyList<ScriptPiece> pieces, bool isPatient) : Stream
{
    private const int End = int.MaxValue;

    /// <summary>Short, as most scripts come to a point where no one continues.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(4);

    private readonly Lock _lock = new();
    private readonly MemoryStream _written = new();
    private TaskCompletionSource _moved = New();
    private int _piece;
    private int _position;
    private int _stage;

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <summary>The kinds of the frames that were read so far.</summary>
    public IReadOnlyList<MessageType> Said
    {
        get
        {
            lock (_lock)
            {
                return [.. pieces.Take(_piece + 1).Skip(1).Where(static piece => piece.Bytes.Length >= FrameHeader.Size).Select(static piece => (MessageType)piece.Bytes[14])];
            }
        }
    }

    /// <summary>The kinds of the frames that were written.</summary>
    public IReadOnlyList<MessageType> Heard
    {
        get
        {
            lock (_lock)
            {
                ReadOnlySpan<byte> bytes = _written.GetBuffer().AsSpan(0, (int)_written.Length);
                var heard = new List<MessageType>();
                bytes = bytes[Math.Min(bytes.Length, Greeting.Size)..];
                while (bytes.Length >= FrameHeader.Size)
                {
                    heard.Add((MessageType)bytes[14]);
                    bytes = bytes[Math.Min(bytes.Length, FrameHeader.Size + BinaryPrimitives.ReadInt32LittleEndian(bytes[8..]))..];
                }

                return heard;
            }
        }
    }

    /// <summary>The other end is further now.</summary>
    public void Reach(int stage)
    {
        lock (_lock)
        {
            _stage = Math.Max(_stage, stage);
            _moved.TrySetResult();
            _moved = New();
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            Task moved;
            lock (_lock)
            {
                if (TryRead(buffer.Span, out int read))
                {
                    return read;
                }

                moved = _moved.Task;
            }

            try
            {
                await moved.WaitAsync(isPatient ? Timeout.InfiniteTimeSpan : Patience, cancellationToken).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                // It does not get there any more.
                Reach(End);
            }
        }
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Write(buffer.Span);
        return ValueTask.CompletedTask;
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        lock (_lock)
        {
            _written.Write(buffer);
        }

        if (buffer.Length >= FrameHeader.Size && buffer[14] == (byte)MessageType.Restored)
        {
            Reach(1);
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        Reach(End);
        base.Dispose(disposing);
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private bool TryRead(Span<byte> buffer, out int read)
    {
        while (_piece < pieces.Count && _position == pieces[_piece].Bytes.Length)
        {
            (_piece, _position) = (_piece + 1, 0);
        }

        read = 0;
        if (_piece >= pieces.Count)
        {
            return true;
        }

        if (pieces[_piece].Stage > _stage)
        {
            return false;
        }

        ReadOnlySpan<byte> rest = pieces[_piece].Bytes.AsSpan(_position);
        read = Math.Min(rest.Length, buffer.Length);
        rest[..read].CopyTo(buffer);
        _position += read;
        return true;
    }
}
