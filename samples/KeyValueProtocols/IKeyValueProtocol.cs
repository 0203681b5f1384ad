namespace KeyValueProtocols;

/// <summary>How a server is spoken to. Requests may be sent in any number before their replies are read; these come in the same order.</summary>
public interface IKeyValueProtocol
{
    /// <summary>The most bytes of a request beside the value that it carries.</summary>
    const int MostOverhead = 100;

    /// <summary>The most bytes that a connection begins with.</summary>
    const int MostHello = 2048;

    /// <summary>Writes what a connection begins with; returns its length.</summary>
    /// <param name="buffer">Where it goes.</param>
    /// <param name="replies">How many replies come to it.</param>
    int Hello(Span<byte> buffer, out int replies)
    {
        replies = 0;
        return 0;
    }

    /// <summary>Writes the request that stores a value; returns its length.</summary>
    int Store(Span<byte> buffer, int key, ReadOnlySpan<byte> value);

    /// <summary>Writes the request that reads a value; returns its length.</summary>
    int Read(Span<byte> buffer, int key);

    /// <summary>Writes the request that stores zero in the counter; returns its length.</summary>
    int ClearCounter(Span<byte> buffer);

    /// <summary>Writes the request that adds one to the counter and returns it; returns its length.</summary>
    int Increment(Span<byte> buffer);

    /// <summary>Writes the request that reads the counter as a value; returns its length.</summary>
    int ReadCounter(Span<byte> buffer);

    /// <summary>Reads the reply at the beginning; false while it is not complete.</summary>
    /// <exception cref="InvalidDataException">The server refused, or speaks otherwise.</exception>
    bool TryTake(ReadOnlySpan<byte> received, out Reply reply);
}
