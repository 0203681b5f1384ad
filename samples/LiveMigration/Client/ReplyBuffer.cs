namespace LiveMigration.Client;

/// <summary>Holds the bytes that have arrived until they are whole replies. One buffer, no allocation.</summary>
public sealed class ReplyBuffer
{
    private readonly byte[] _buffer = new byte[1 << 20];
    private int _start;
    private int _end;

    /// <summary>What has not been taken; valid until the next call of <see cref="Free"/>.</summary>
    public ReadOnlySpan<byte> Unread => _buffer.AsSpan(_start, _end - _start);

    /// <summary>Where the next bytes have to be put, followed by <see cref="Received"/>.</summary>
    public Memory<byte> Free()
    {
        if (_start == _end)
        {
            _start = _end = 0;
        }
        else if (_buffer.Length - _end < _buffer.Length / 2)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }

        return _buffer.AsMemory(_end);
    }

    public void Received(int bytes) => _end += bytes;

    /// <summary>The first bytes of <see cref="Unread"/> are done with.</summary>
    public void Take(int bytes) => _start += bytes;
}
