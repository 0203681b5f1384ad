using System.Net;
using System.Net.Sockets;
using KeyValueProtocols;

namespace TraceLab.Load;

/// <summary>One connection to a server, on which requests are sent in batches and all their replies awaited. Used from one thread.</summary>
public sealed class KeyValueConnection : IDisposable
{
    /// <summary>Bytes per value; YCSB's ten fields of a hundred.</summary>
    public const int ValueBytes = 1000;

    /// <summary>The most requests in a batch: the server reads and answers them together.</summary>
    public const int MostRequests = 64;

    private const int LongestRequest = ValueBytes + IKeyValueProtocol.MostOverhead;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly IKeyValueProtocol _protocol;
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _requests = new byte[MostRequests * LongestRequest];
    private readonly byte[] _replies = new byte[MostRequests * LongestRequest];
    private readonly byte[] _noise = new byte[1 << 16];
    private int _length;
    private int _waiting;

    public KeyValueConnection(IKeyValueProtocol protocol, IPEndPoint server)
    {
        _protocol = protocol;
        new Random(1).NextBytes(_noise);
        _socket.Connect(server);
        _socket.SendTimeout = _socket.ReceiveTimeout = (int)Patience.TotalMilliseconds;
    }

    public void Store(int key, int version)
    {
        int from = (int)((uint)((key * 31) + version) % (uint)(_noise.Length - ValueBytes));
        _length += _protocol.Store(_requests.AsSpan(_length), key, _noise.AsSpan(from, ValueBytes));
        _waiting++;
    }

    public void Read(int key)
    {
        _length += _protocol.Read(_requests.AsSpan(_length), key);
        _waiting++;
    }

    /// <summary>Sends what has gathered and takes the replies.</summary>
    /// <exception cref="IOException">The server closed the connection.</exception>
    /// <exception cref="InvalidDataException">The server refused a request.</exception>
    public void Exchange()
    {
        for (int sent = 0; sent < _length;)
        {
            sent += _socket.Send(_requests.AsSpan(sent, _length - sent));
        }

        _length = 0;
        int start = 0;
        int end = 0;
        while (_waiting > 0)
        {
            int received = _socket.Receive(_replies.AsSpan(end));
            end += received > 0 ? received : throw new IOException("The server closed the connection.");
            while (_waiting > 0 && _protocol.TryTake(_replies.AsSpan(start, end - start), out Reply reply))
            {
                start += reply.Length;
                _waiting--;
            }
        }
    }

    public void Dispose() => _socket.Dispose();
}
