namespace KeyValueProtocols;

/// <summary>A table of keys and values and one with a counter in PostgreSQL. Every request is a transaction of its own.</summary>
public sealed class PostgresProtocol : IKeyValueProtocol
{
    private const byte StoreStatement = (byte)'s';
    private const byte ReadStatement = (byte)'r';
    private const byte IncrementStatement = (byte)'i';
    private const byte CounterStatement = (byte)'c';

    public int Hello(Span<byte> buffer, out int replies)
    {
        // To the connection itself, to the tables, to the statements.
        replies = 3;
        int at = PostgresMessages.Startup(buffer, "user\0postgres\0database\0postgres\0\0"u8);
        at = PostgresMessages.Query(
            buffer, at, "CREATE TABLE IF NOT EXISTS demo (key integer PRIMARY KEY, value bytea NOT NULL); CREATE TABLE IF NOT EXISTS counter (number bigint NOT NULL)"u8);
        at = PostgresMessages.Parse(buffer, at, StoreStatement, "INSERT INTO demo VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = EXCLUDED.value"u8);
        at = PostgresMessages.Parse(buffer, at, ReadStatement, "SELECT value FROM demo WHERE key = $1"u8);
        at = PostgresMessages.Parse(buffer, at, IncrementStatement, "UPDATE counter SET number = number + 1 RETURNING number::text"u8);
        at = PostgresMessages.Parse(buffer, at, CounterStatement, "SELECT number::text FROM counter"u8);
        return PostgresMessages.Sync(buffer, at);
    }

    public int Store(Span<byte> buffer, int key, ReadOnlySpan<byte> value) => PostgresMessages.Run(buffer, StoreStatement, key, value, hasValue: true);

    public int Read(Span<byte> buffer, int key) => PostgresMessages.Run(buffer, ReadStatement, key, [], hasValue: false);

    public int ClearCounter(Span<byte> buffer) => PostgresMessages.Query(buffer, 0, "TRUNCATE counter; INSERT INTO counter VALUES (0)"u8);

    public int Increment(Span<byte> buffer) => PostgresMessages.Run(buffer, IncrementStatement, null, [], hasValue: false);

    public int ReadCounter(Span<byte> buffer) => PostgresMessages.Run(buffer, CounterStatement, null, [], hasValue: false);

    public bool TryTake(ReadOnlySpan<byte> received, out Reply reply)
    {
        reply = default;
        ReadOnlySpan<byte> column = [];
        ReadOnlySpan<byte> done = [];
        int at = 0;
        while (PostgresMessages.TryMessage(received, at, out byte kind, out ReadOnlySpan<byte> content))
        {
            at += PostgresMessages.Header + content.Length;
            switch (kind)
            {
                case (byte)'E':
                    throw new InvalidDataException($"The server answered '{PostgresMessages.Complaint(content)}'.");
                case (byte)'R' when content is not [0, 0, 0, 0]:
                    throw new InvalidDataException("The server asks for a password; it must trust its clients.");
                case (byte)'D':
                    column = PostgresMessages.FirstColumn(content);
                    break;
                case (byte)'C':
                    done = content;
                    break;
                case (byte)'Z':
                    reply = new Reply(KindOf(done), column, at);
                    return true;
                default:
                    // What it tells besides: settings, notices, the shape of rows.
                    break;
            }
        }

        return false;
    }

    /// <summary>By what the server says that it did; a greeting has done nothing.</summary>
    private static ReplyKind KindOf(ReadOnlySpan<byte> done) =>
        done.StartsWith("UPDATE 1"u8) ? ReplyKind.Number
        : done.StartsWith("SELECT 1"u8) ? ReplyKind.Value
        : done.StartsWith("SELECT 0"u8) || done.StartsWith("UPDATE"u8) ? ReplyKind.Absent
        : ReplyKind.Stored;
}
