using System.Net.Sockets;
using System.Runtime.InteropServices;
using U2CMigration.Criu.Interop;

namespace U2CMigration.Criu.PageServer;

/// <summary>A private connection between this process and a CRIU worker, for <see cref="Options.CriuPageServer.Descriptor"/>: no port, no network.</summary>
public sealed class PageServerConnection : IDisposable
{
    private PageServerConnection(NetworkStream stream, SafeHandle peer)
    {
        Stream = stream;
        Peer = peer;
    }

    /// <summary>The end of this process, for a <see cref="PageServerSession"/>.</summary>
    public NetworkStream Stream { get; }

    /// <summary>The end for <see cref="Rpc.CriuWorkerOptions.InheritedHandles"/>. Close it once the worker runs, else the session can not see that CRIU has ended.</summary>
    public SafeHandle Peer { get; }

    /// <summary>Makes a connection.</summary>
    /// <returns>The connection.</returns>
    public static PageServerConnection Create()
    {
        (Socket own, var peer) = SocketPair.Create(SocketPair.Stream);
        return new PageServerConnection(new NetworkStream(own, ownsSocket: true), peer);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Stream.Dispose();
        Peer.Dispose();
    }
}
