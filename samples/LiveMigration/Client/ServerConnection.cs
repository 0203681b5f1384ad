using System.Net;
using System.Net.Sockets;

namespace LiveMigration.Client;

/// <summary>One TCP connection to the server, used from one thread.</summary>
public sealed class ServerConnection : IDisposable
{
    /// <summary>A server that is silent for so long is taken for dead.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

    public ServerConnection(IPEndPoint server)
    {
        _socket.Connect(server);
        _socket.SendTimeout = (int)Patience.TotalMilliseconds;
    }

    public ReplyBuffer Replies { get; } = new();

    public void Send(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            bytes = bytes[_socket.Send(bytes)..];
        }
    }

    /// <summary>Waits for bytes and takes them; false when none came in time.</summary>
    /// <param name="wait">The kernel rounds it to milliseconds.</param>
    /// <exception cref="IOException">The server closed or reset the connection.</exception>
    public bool Receive(TimeSpan wait)
    {
        try
        {
            if (!_socket.Poll(wait, SelectMode.SelectRead))
            {
                return false;
            }

            int received = _socket.Receive(Replies.Free().Span);
            if (received == 0)
            {
                throw new IOException("The server closed the connection.");
            }

            Replies.Received(received);
            return true;
        }
        catch (SocketException e)
        {
            throw new IOException($"The connection broke: {e.Message}.", e);
        }
    }

    public void Dispose() => _socket.Dispose();
}
