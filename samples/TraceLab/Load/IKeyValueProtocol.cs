namespace TraceLab.Load;

/// <summary>How a server is spoken to.</summary>
public interface IKeyValueProtocol
{
    /// <summary>Writes the request that stores a value; returns its length.</summary>
    int Store(Span<byte> buffer, int key, ReadOnlySpan<byte> value);

    /// <summary>Writes the request that reads a value; returns its length.</summary>
    int Read(Span<byte> buffer, int key);

    /// <summary>The length of the whole reply at the beginning; 0 while it is not complete.</summary>
    /// <exception cref="InvalidDataException">The server refused, or speaks otherwise.</exception>
    int ReplyLength(ReadOnlySpan<byte> received);
}
