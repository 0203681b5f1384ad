using System.Net;
using System.Net.Sockets;
using U2CMigration.Criu.Interop;

namespace U2CMigration.Criu.Rpc;

/// <summary>Keeps a TCP port of a network namespace from being listened on by anyone else.</summary>
/// <remarks>
/// The runtime sets SO_REUSEADDR on every socket it binds, and so does CRIU, so a bound socket alone would not stop CRIU. A listening one does, also
/// when only on the loopback address: nobody outside can reach it.
/// </remarks>
internal static class PortReservation
{
    /// <summary>Takes a port.</summary>
    /// <param name="networkNamespace">The namespace, or null for the own.</param>
    /// <param name="port">The port; 0 for any free one.</param>
    /// <exception cref="CriuException">The port is in use.</exception>
    internal static Socket Take(string? networkNamespace, int port) => Namespace.RunInNetwork(networkNamespace, () =>
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            socket.Listen(1);
            return socket;
        }
        catch (SocketException exception)
        {
            socket.Dispose();
            throw new CriuException(
                $"TCP port {port} cannot be reserved: {exception.Message}. Choose another port, or 0 for any. Nothing was touched.", "start", Errno.AddressInUse, null, exception);
        }
    });
}
