namespace TraceLab.Load;

/// <summary>SET and GET of the Redis protocol (RESP 2).</summary>
public sealed class RedisProtocol : IKeyValueProtocol
{
    public int Store(Span<byte> buffer, int key, ReadOnlySpan<byte> value)
    {
        int at = RequestText.Put(buffer, 0, "*3\r\n$3\r\nSET\r\n$14\r\n"u8);
        at = RequestText.PutKey(buffer, at, key);
        at = RequestText.Put(buffer, at, "\r\n$"u8);
        at = RequestText.PutNumber(buffer, at, value.Length);
        at = RequestText.Put(buffer, at, "\r\n"u8);
        at = RequestText.Put(buffer, at, value);
        return RequestText.Put(buffer, at, "\r\n"u8);
    }

    public int Read(Span<byte> buffer, int key)
    {
        int at = RequestText.Put(buffer, 0, "*2\r\n$3\r\nGET\r\n$14\r\n"u8);
        return RequestText.Put(buffer, RequestText.PutKey(buffer, at, key), "\r\n"u8);
    }

    public int ReplyLength(ReadOnlySpan<byte> received)
    {
        if (!RequestText.TryLine(received, out ReadOnlySpan<byte> line))
        {
            return 0;
        }

        if (line.SequenceEqual("+OK"u8))
        {
            return line.Length + 2;
        }

        if (line.IsEmpty || line[0] != '$')
        {
            throw RequestText.Unexpected(line);
        }

        // $-1 is an absent value, which has no second part.
        int value = RequestText.Number(line[1..]);
        int whole = line.Length + 2 + (value < 0 ? 0 : value + 2);
        return received.Length < whole ? 0 : whole;
    }
}
