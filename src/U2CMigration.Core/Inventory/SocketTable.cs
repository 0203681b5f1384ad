using U2CMigration.Core.Interop;

namespace U2CMigration.Core.Inventory;

/// <summary>The sockets of a network namespace.</summary>
internal sealed class SocketTable
{
    private readonly Dictionary<ulong, UnixSocket> _unix = [];
    private readonly Dictionary<ulong, InternetSocket> _tcp = [];
    private readonly Dictionary<(System.Net.IPEndPoint Local, System.Net.IPEndPoint Remote), InternetSocket> _connections = [];
    private readonly List<InternetSocket> _listening = [];
    private readonly Dictionary<ulong, InternetSocket> _udp = [];

    public IReadOnlyDictionary<ulong, UnixSocket> Unix => _unix;

    /// <summary>TCP sockets that a process has.</summary>
    public IReadOnlyDictionary<ulong, InternetSocket> Tcp => _tcp;

    /// <summary>UDP sockets that a process has.</summary>
    public IReadOnlyDictionary<ulong, InternetSocket> Udp => _udp;

    /// <summary>Asks the kernel for the namespace of a process.</summary>
    /// <returns>An empty table where the kernel tells nothing of it.</returns>
    public static SocketTable Read(int processId)
    {
        var table = new SocketTable();
        try
        {
            NetworkNamespace.Run(processId, table.Ask);
        }
        catch (IOException)
        {
            // The process has ended, or sock_diag is not to be had, which CRIU needs as well and will say.
        }

        return table;
    }

    /// <summary>The other end of a connection, if it is in this namespace too.</summary>
    public InternetSocket? PeerOf(InternetSocket socket) => _connections.TryGetValue((socket.Remote, socket.Local), out InternetSocket peer) ? peer : null;

    /// <summary>A connection by its addresses.</summary>
    public InternetSocket? Connection(System.Net.IPEndPoint local, System.Net.IPEndPoint remote) => _connections.TryGetValue((local, remote), out InternetSocket socket) ? socket : null;

    /// <summary>The socket that listens for connections to an address.</summary>
    public InternetSocket? ListenerOf(System.Net.IPEndPoint address)
    {
        foreach (InternetSocket socket in _listening)
        {
            if (socket.Local.Port == address.Port && (socket.Local.Address.Equals(address.Address) || socket.Local.Address.Equals(System.Net.IPAddress.Any) || socket.Local.Address.Equals(System.Net.IPAddress.IPv6Any)))
            {
                return socket;
            }
        }

        return null;
    }

    internal void Add(UnixSocket socket) => _unix[socket.Inode] = socket;

    internal void AddTcp(InternetSocket socket)
    {
        if (socket.Inode != 0)
        {
            _tcp[socket.Inode] = socket;
        }

        if (socket.State == InternetSocket.Listening)
        {
            _listening.Add(socket);
        }
        else if (socket.IsConnected)
        {
            _connections[(socket.Local, socket.Remote)] = socket;
        }
    }

    private void Ask()
    {
        SocketDiagnostics.DumpUnix(message =>
        {
            if (UnixSocket.Parse(message) is { } socket)
            {
                Add(socket);
            }
        });
        foreach (byte family in (ReadOnlySpan<byte>)[SocketDiagnostics.InternetFamily, SocketDiagnostics.InternetFamily6])
        {
            SocketDiagnostics.DumpInternet(family, SocketDiagnostics.Tcp, message =>
            {
                if (InternetSocket.Parse(message) is { } socket)
                {
                    AddTcp(socket);
                }
            });
            SocketDiagnostics.DumpInternet(family, SocketDiagnostics.Udp, message =>
            {
                if (InternetSocket.Parse(message) is { Inode: not 0 } socket)
                {
                    _udp[socket.Inode] = socket;
                }
            });
        }
    }
}
