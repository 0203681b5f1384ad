namespace TraceLab.Load;

/// <summary>set and get of memcached's text protocol.</summary>
public sealed class MemcachedProtocol : IKeyValueProtocol
{
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

    public int ReplyLength(ReadOnlySpan<byte> received)
    {
        if (!RequestText.TryLine(received, out ReadOnlySpan<byte> line))
        {
            return 0;
        }

        if (line.SequenceEqual("STORED"u8) || line.SequenceEqual("END"u8))
        {
            return line.Length + 2;
        }

        // VALUE key flags length, the value, END
        if (!line.StartsWith("VALUE "u8))
        {
            throw RequestText.Unexpected(line);
        }

        int whole = line.Length + 2 + RequestText.Number(line[(line.LastIndexOf((byte)' ') + 1)..]) + 2 + EndBytes;
        return received.Length < whole ? 0 : whole;
    }
}
