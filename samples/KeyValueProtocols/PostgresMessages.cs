using System.Buffers.Binary;
using System.Text;

namespace KeyValueProtocols;

/// <summary>Messages of PostgreSQL's protocol, version 3: a letter, the length of the rest with itself, the rest.</summary>
internal static class PostgresMessages
{
    internal const int Header = 1 + sizeof(int);
    private const int ProtocolVersion = 3 << 16;

    internal static int Startup(Span<byte> buffer, ReadOnlySpan<byte> parameters)
    {
        BinaryPrimitives.WriteInt32BigEndian(buffer, (2 * sizeof(int)) + parameters.Length);
        BinaryPrimitives.WriteInt32BigEndian(buffer[sizeof(int)..], ProtocolVersion);
        return RequestText.Put(buffer, 2 * sizeof(int), parameters);
    }

    /// <summary>Statements without parameters.</summary>
    internal static int Query(Span<byte> buffer, int at, ReadOnlySpan<byte> statements) => Message(buffer, at, 'Q', statements, "\0"u8);

    /// <summary>A statement that can be run by its name of one letter.</summary>
    internal static int Parse(Span<byte> buffer, int at, byte name, ReadOnlySpan<byte> statement) => Message(buffer, at, 'P', [name, 0, .. statement], "\0\0\0"u8);

    internal static int Sync(Span<byte> buffer, int at) => Message(buffer, at, 'S', [], []);

    /// <summary>Runs a statement with parameters in binary form: a key and a value, a key, or none.</summary>
    internal static int Run(Span<byte> buffer, byte name, int? key, ReadOnlySpan<byte> value, bool hasValue)
    {
        // An unnamed portal, the statement, one format (binary) for all parameters, and how many these are.
        int at = RequestText.Put(buffer, Header, [0, name, 0, 0, 1, 0, 1, 0, (byte)((key is null ? 0 : 1) + (hasValue ? 1 : 0))]);
        if (key is { } number)
        {
            BinaryPrimitives.WriteInt32BigEndian(buffer[at..], sizeof(int));
            BinaryPrimitives.WriteInt32BigEndian(buffer[(at + sizeof(int))..], number);
            at += 2 * sizeof(int);
        }

        if (hasValue)
        {
            BinaryPrimitives.WriteInt32BigEndian(buffer[at..], value.Length);
            at = RequestText.Put(buffer, at + sizeof(int), value);
        }

        // One format for all results: binary.
        at = RequestText.Put(buffer, at, [0, 1, 0, 1]);
        buffer[0] = (byte)'B';
        BinaryPrimitives.WriteInt32BigEndian(buffer[1..], at - 1);
        at = Message(buffer, at, 'E', [0], [0, 0, 0, 0]);
        return Sync(buffer, at);
    }

    /// <summary>The message at a place, if it is whole.</summary>
    internal static bool TryMessage(ReadOnlySpan<byte> received, int at, out byte kind, out ReadOnlySpan<byte> content)
    {
        kind = 0;
        content = [];
        if (received.Length - at < Header)
        {
            return false;
        }

        int length = BinaryPrimitives.ReadInt32BigEndian(received[(at + 1)..]);
        if (length < sizeof(int))
        {
            throw new InvalidDataException("The server does not speak PostgreSQL's protocol.");
        }

        if (received.Length - at - 1 < length)
        {
            return false;
        }

        kind = received[at];
        content = received.Slice(at + Header, length - sizeof(int));
        return true;
    }

    /// <summary>The first column of a row.</summary>
    internal static ReadOnlySpan<byte> FirstColumn(ReadOnlySpan<byte> row)
    {
        const int Columns = sizeof(short);
        return row.Slice(Columns + sizeof(int), BinaryPrimitives.ReadInt32BigEndian(row[Columns..]));
    }

    /// <summary>The text of an error: the field with the letter M.</summary>
    internal static string Complaint(ReadOnlySpan<byte> fields)
    {
        while (fields.Length > 1)
        {
            int end = fields.IndexOf((byte)0);
            if (fields[0] == 'M')
            {
                return Encoding.UTF8.GetString(fields[1..end]);
            }

            fields = fields[(end + 1)..];
        }

        return "an error without a text";
    }

    private static int Message(Span<byte> buffer, int at, char kind, ReadOnlySpan<byte> content, ReadOnlySpan<byte> end)
    {
        buffer[at] = (byte)kind;
        BinaryPrimitives.WriteInt32BigEndian(buffer[(at + 1)..], sizeof(int) + content.Length + end.Length);
        return RequestText.Put(buffer, RequestText.Put(buffer, at + Header, content), end);
    }
}
