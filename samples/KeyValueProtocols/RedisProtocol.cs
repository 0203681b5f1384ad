namespace KeyValueProtocols;

/// <summary>SET, GET and INCR of the Redis protocol (RESP 2).</summary>
public sealed class RedisProtocol : IKeyValueProtocol
{
    private const int LineEnd = 2;

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

    public int ClearCounter(Span<byte> buffer) => RequestText.Put(buffer, 0, "*3\r\n$3\r\nSET\r\n$7\r\ncounter\r\n$1\r\n0\r\n"u8);

    public int Increment(Span<byte> buffer) => RequestText.Put(buffer, 0, "*2\r\n$4\r\nINCR\r\n$7\r\ncounter\r\n"u8);

    public int ReadCounter(Span<byte> buffer) => RequestText.Put(buffer, 0, "*2\r\n$3\r\nGET\r\n$7\r\ncounter\r\n"u8);

    public bool TryTake(ReadOnlySpan<byte> received, out Reply reply)
    {
        reply = default;
        if (!RequestText.TryLine(received, out ReadOnlySpan<byte> line))
        {
            return false;
        }

        int lineBytes = line.Length + LineEnd;
        switch (line.IsEmpty ? 0 : line[0])
        {
            case (byte)'+' when line.SequenceEqual("+OK"u8):
                reply = new Reply(ReplyKind.Stored, [], lineBytes);
                return true;
            case (byte)':':
                reply = new Reply(ReplyKind.Number, RequestText.Digits(line[1..]), lineBytes);
                return true;
            case (byte)'$' when line.SequenceEqual("$-1"u8):
                reply = new Reply(ReplyKind.Absent, [], lineBytes);
                return true;
            case (byte)'$':
                int length = RequestText.Number(line[1..]);
                if (received.Length < lineBytes + length + LineEnd)
                {
                    return false;
                }

                reply = new Reply(ReplyKind.Value, received.Slice(lineBytes, length), lineBytes + length + LineEnd);
                return true;
            default:
                throw RequestText.Unexpected(line);
        }
    }
}
