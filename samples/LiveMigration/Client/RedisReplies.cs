using System.Buffers.Text;

namespace LiveMigration.Client;

/// <summary>Cuts the bytes that arrive into replies of the Redis protocol. One buffer, no allocation.</summary>
public sealed class RedisReplies
{
    private readonly byte[] _buffer = new byte[1 << 20];
    private int _start;
    private int _end;

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

    /// <summary>Takes the next whole reply: its type (the first character) and its content, valid until the next call of <see cref="Free"/>.</summary>
    public bool TryTake(out char type, out ReadOnlySpan<byte> content)
    {
        ReadOnlySpan<byte> unread = _buffer.AsSpan(_start, _end - _start);
        type = '\0';
        content = default;
        int line = unread.IndexOf("\r\n"u8);
        if (line < 1)
        {
            return false;
        }

        type = (char)unread[0];
        content = unread[1..line];
        int taken = line + 2;
        if (type == '$')
        {
            if (!Utf8Parser.TryParse(content, out int length, out _))
            {
                throw new InvalidDataException("The length of a reply is not a number.");
            }

            if (length < 0)
            {
                content = default;
            }
            else if (unread.Length < taken + length + 2)
            {
                return false;
            }
            else
            {
                content = unread.Slice(taken, length);
                taken += length + 2;
            }
        }

        _start += taken;
        return true;
    }
}
