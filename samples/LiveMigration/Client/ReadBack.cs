using System.Globalization;

namespace LiveMigration.Client;

/// <summary>What the server holds against what it acknowledged.</summary>
/// <param name="Keys">The keys read: all that were ever written.</param>
/// <param name="LostWrites">Acknowledged writes that are not there.</param>
/// <param name="Counter">The server's counter, which stands at the number of acknowledged writes if none was lost or made twice.</param>
public sealed record ReadBack(int Keys, long LostWrites, long Counter)
{
    private const int Batch = 256;

    /// <summary>Reads all keys that the ledger has writes of. No write may be under way.</summary>
    /// <exception cref="IOException">The server does not answer, or not with values.</exception>
    public static ReadBack Run(RedisConnection connection, WriteLedger ledger)
    {
        byte[] commands = new byte[Batch * RedisCommands.Longest];
        int[] asked = new int[Batch];
        int read = 0;
        long lost = 0;
        int key = 0;
        while (key < ledger.Keys)
        {
            int count = 0;
            int length = 0;
            for (; key < ledger.Keys && count < Batch; key++)
            {
                if (ledger.Wrote(key))
                {
                    length += RedisCommands.Get(commands.AsSpan(length), key);
                    asked[count++] = key;
                }
            }

            connection.Send(commands.AsSpan(0, length));
            for (int i = 0; i < count; i++)
            {
                lost += ledger.LostOf(asked[i], Next(connection));
            }

            read += count;
        }

        connection.Send(commands.AsSpan(0, RedisCommands.GetCounter(commands)));
        ReadOnlySpan<byte> counterText = Next(connection);
        long counter = counterText.Length == 0 ? 0 : long.Parse(counterText, NumberStyles.None, CultureInfo.InvariantCulture);
        return new ReadBack(read, Math.Max(lost, Math.Max(0, ledger.Acknowledged - counter)), counter);
    }

    private static ReadOnlySpan<byte> Next(RedisConnection connection)
    {
        char type;
        ReadOnlySpan<byte> content;
        while (!connection.Replies.TryTake(out type, out content))
        {
            if (!connection.Receive(RedisConnection.Patience))
            {
                throw new IOException("The server does not answer when its data is read back.");
            }
        }

        return type == '$' ? content : throw new IOException($"The server answered '{type}' where a value was expected.");
    }
}
