using KeyValueProtocols;

namespace LiveMigration.Client.KeyValue;

/// <summary>What a new connection begins with, in protocols that want it.</summary>
public static class Greeting
{
    /// <summary>Says it and waits for the replies.</summary>
    /// <exception cref="IOException">The server does not answer.</exception>
    /// <exception cref="InvalidDataException">It refuses.</exception>
    public static void Exchange(IKeyValueProtocol protocol, ServerConnection connection)
    {
        byte[] hello = new byte[IKeyValueProtocol.MostHello];
        connection.Send(hello.AsSpan(0, protocol.Hello(hello, out int replies)));
        while (replies > 0)
        {
            if (protocol.TryTake(connection.Replies.Unread, out Reply reply))
            {
                connection.Replies.Take(reply.Length);
                replies--;
            }
            else if (!connection.Receive(ServerConnection.Patience))
            {
                throw new IOException("The server does not answer to a greeting.");
            }
        }
    }
}
