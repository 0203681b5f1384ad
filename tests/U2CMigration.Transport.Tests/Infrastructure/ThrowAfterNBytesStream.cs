namespace U2CMigration.Transport.Tests.Infrastructure;

/// <summary>A link that is cut after so many bytes were written through it: the rest of that write is lost, and both directions fail.</summary>
internal sealed class ThrowAfterNBytesStream(Stream inner, long bytes) : Stream
{
    private long _left = bytes;
    private bool _isCut;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ThrowIfCut();
        return await inner.ReadAsync(buffer, cancellationToken);
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ThrowIfCut();
        int allowed = (int)Math.Min(buffer.Length, _left);
        await inner.WriteAsync(buffer[..allowed], cancellationToken);
        _left -= allowed;
        if (allowed < buffer.Length)
        {
            _isCut = true;
            await inner.DisposeAsync();
            ThrowIfCut();
        }
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }

    private void ThrowIfCut()
    {
        if (_isCut)
        {
            throw new IOException("The link was cut.");
        }
    }
}
