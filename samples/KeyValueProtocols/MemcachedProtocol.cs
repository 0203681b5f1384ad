namespace KeyValueProtocols;

/// <summary>set, get and incr of memcached's text protocol.</summary>
public sealed class MemcachedProtocol : IKeyValueProtocol
{
    private const int LineEnd = 2;
    private const int EndBytes = 5;

    public int Store(Span<byte> buffer, int key, ReadOnlySpan<byte> value)
    {
        int at = RequestText.Put(buffer, 0, "set "u8);
        at = RequestText.PutKey(buffer, at, key);
        at = RequestText.Put(buffer, at, " 0 0 "u8);
        at = RequestText.PutNumber(buffer, at, value.Length);
        at = RequestText.Put(buffer, at, "\r\n"u8);
        at = RequestText.Put(buffer, at, value);
        return RequestText.Put(buffer, at, "\r\n"u8);
    }

    public int Read(Span<byte> buffer, int key)
    {
        int at = RequestText.Put(buffer, 0, "get "u8);
        return RequestText.Put(buffer, RequestText.PutKey(buffer, at, key), "\r\n"u8);
    }

    public int ClearCounter(Span<byte> buffer) => RequestText.Put(buffer, 0, "set counter 0 0 1\r\n0\r\n"u8);

    public int Increment(Span<byte> buffer) => RequestText.Put(buffer, 0, "incr counter 1\r\n"u8);

    public int ReadCounter(Span<byte> buffer) => RequestText.Put(buffer, 0, "get counter\r\n"u8);

    public bool TryTake(ReadOnlySpan<byte> received, out Reply reply)
    {
        reply = default;
        if (!RequestText.TryLine(received, out ReadOnlySpan<byte> line))
        {
            return false;
        }

        int lineBytes = line.Length + LineEnd;
        if (line.SequenceEqual("STORED"u8))
        {
            reply = new Reply(ReplyKind.Stored, [], lineBytes);
            return true;
        }

        if (line.SequenceEqual("END"u8))
        {
            reply = new Reply(ReplyKind.Absent, [], lineBytes);
            return true;
        }

        // VALUE key flags length, the value, END
        if (!line.StartsWith("VALUE "u8))
        {
            reply = new Reply(ReplyKind.Number, RequestText.Digits(line), lineBytes);
            return true;
        }

        int length = RequestText.Number(line[(line.LastIndexOf((byte)' ') + 1)..]);
        int whole = lineBytes + length + LineEnd + EndBytes;
        if (received.Length < whole)
        {
            return false;
        }

        reply = new Reply(ReplyKind.Value, received.Slice(lineBytes, length), whole);
        return true;
    }
}
