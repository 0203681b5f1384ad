using System.Net;
using System.Net.Sockets;

namespace TraceLab.Workloads;

/// <summary>Ports on the loopback interface.</summary>
internal static class ServerProbe
{
    private const int Attempts = 600;

    /// <summary>An endpoint that nobody listens on now.</summary>
    internal static IPEndPoint Free()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return (IPEndPoint)listener.LocalEndpoint;
    }

    /// <summary>Waits until a program listens.</summary>
    internal static void Await(IPEndPoint endpoint, StartedProgram program)
    {
        for (int attempt = 1; ; attempt++)
        {
            program.ThrowIfEnded();
            try
            {
                using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                socket.Connect(endpoint);
                return;
            }
            catch (SocketException) when (attempt < Attempts)
            {
                Thread.Sleep(50);
            }
        }
    }
}
