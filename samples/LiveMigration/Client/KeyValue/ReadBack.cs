using System.Globalization;
using KeyValueProtocols;

namespace LiveMigration.Client.KeyValue;

/// <summary>Compares what the server holds with what it acknowledged.</summary>
public sealed class ReadBack(IKeyValueProtocol protocol, ServerConnection connection)
{
    private const int Batch = 256;

    /// <summary>Reads all keys that the ledger has writes of, and the counter, which stands at the acknowledged writes if none was lost or made twice.</summary>
    /// <exception cref="IOException">The server does not answer, or not with values.</exception>
    public DataCheck Run(WriteLedger ledger)
    {
        byte[] requests = new byte[Batch * IKeyValueProtocol.MostOverhead];
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
                    length += protocol.Read(requests.AsSpan(length), key);
                    asked[count++] = key;
                }
            }

            connection.Send(requests.AsSpan(0, length));
            for (int i = 0; i < count; i++)
            {
                lost += ledger.LostOf(asked[i], Next());
            }

            read += count;
        }

        connection.Send(requests.AsSpan(0, protocol.ReadCounter(requests)));
        ReadOnlySpan<byte> counterText = Next();
        long counter = counterText.Length == 0 ? 0 : long.Parse(counterText, NumberStyles.None, CultureInfo.InvariantCulture);
        return new DataCheck(read, Math.Max(lost, Math.Max(0, ledger.Acknowledged - counter)));
    }

    /// <summary>The next value; empty when there is none under the key.</summary>
    private ReadOnlySpan<byte> Next()
    {
        Reply reply;
        while (!protocol.TryTake(connection.Replies.Unread, out reply))
        {
            if (!connection.Receive(ServerConnection.Patience))
            {
                throw new IOException("The server does not answer when its data is read back.");
            }
        }

        connection.Replies.Take(reply.Length);
        return reply.Kind is ReplyKind.Value or ReplyKind.Absent ? reply.Content : throw new IOException($"The server answered '{reply.Kind}' where a value was expected.");
    }
}
