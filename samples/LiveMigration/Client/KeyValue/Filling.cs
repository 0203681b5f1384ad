using System.Globalization;
using KeyValueProtocols;

namespace LiveMigration.Client.KeyValue;

/// <summary>Puts keys into the server until its process has the wanted size; run beside it, so that the link does not matter.</summary>
public sealed class Filling(IKeyValueProtocol protocol, ServerConnection connection)
{
    private const int Batch = 512;

    /// <summary>Returns the number of keys put in.</summary>
    public int Run(int processId, long residentBytes) => Run(_ => ResidentBytes(processId) < residentBytes);

    /// <summary>Puts so many keys in, or a few more.</summary>
    public int Run(int keys) => Run(already => already < keys);

    private int Run(Func<int, bool> isToGoOn)
    {
        byte[] requests = new byte[Batch * (Value.Length + IKeyValueProtocol.MostOverhead)];
        byte[] value = new byte[Value.Length];
        Exchange(requests.AsSpan(0, protocol.ClearCounter(requests)), 1);
        int keys = 0;
        while (isToGoOn(keys))
        {
            int length = 0;
            for (int i = 0; i < Batch; i++, keys++)
            {
                Value.Write(value, keys, 0);
                length += protocol.Store(requests.AsSpan(length), keys, value);
            }

            Exchange(requests.AsSpan(0, length), Batch);
        }

        return keys;
    }

    private void Exchange(ReadOnlySpan<byte> requests, int replies)
    {
        connection.Send(requests);
        while (replies > 0)
        {
            if (protocol.TryTake(connection.Replies.Unread, out Reply reply))
            {
                connection.Replies.Take(reply.Length);
                replies -= reply.Kind == ReplyKind.Stored ? 1 : throw new IOException($"The server refused a key while it was filled ('{reply.Kind}').");
            }
            else if (!connection.Receive(ServerConnection.Patience))
            {
                throw new IOException("The server does not answer while it is filled.");
            }
        }
    }

    /// <summary>Second field of <c>/proc/PID/statm</c> (proc_pid_statm(5)).</summary>
    private static long ResidentBytes(int processId)
    {
        string statm = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/statm"));
        return long.Parse(statm.Split(' ')[1], CultureInfo.InvariantCulture) * Environment.SystemPageSize;
    }
}
