using System.Net.Sockets;
using System.Runtime.InteropServices;
using U2CMigration.Transport.Messages;

namespace U2CMigration.Core.Destination;

/// <summary>Binds a socket the way a restore does, and closes it again: the kernel knows best what is in the way. It does not listen, so nobody notices.</summary>
internal static class BindingTrial
{
    private const int SocketLevel = 1;
    private const int ReuseAddress = 2;
    private const int ReusePort = 15;
    private const int InternetLevel = 0;
    private const int FreeBind = 15;

    internal enum Outcome
    {
        Possible,
        Taken,
        Missing,
    }

    /// <summary>Tries.</summary>
    /// <param name="need">The address and port.</param>
    /// <param name="arrives">Whether the address need not be here yet.</param>
    /// <param name="closesConnections">Whether connections arrive closed, whose addresses do not matter.</param>
    public static Outcome Of(NeededEndpoint need, bool arrives, bool closesConnections)
    {
        if (need.Use == EndpointUse.Connections && (arrives || closesConnections))
        {
            return Outcome.Possible;
        }

        bool isDatagram = need.Use == EndpointUse.Datagrams;
        try
        {
            using var socket = new Socket(need.EndPoint.AddressFamily, isDatagram ? SocketType.Dgram : SocketType.Stream, isDatagram ? ProtocolType.Udp : ProtocolType.Tcp);
            if (need.IsVersion6)
            {
                // Whether the workload's socket takes IPv4 as well is not known.
                socket.DualMode = false;
            }

            int on = 1;
            ReadOnlySpan<byte> set = MemoryMarshal.AsBytes(new ReadOnlySpan<int>(in on));
            socket.SetRawSocketOption(SocketLevel, ReuseAddress, set);
            if (isDatagram)
            {
                socket.SetRawSocketOption(SocketLevel, ReusePort, set);
            }

            // Of a TCP port that another program here shares with everybody, the workload would get a part of the connections only, so that counts as taken.
            if (arrives && !need.IsVersion6)
            {
                socket.SetRawSocketOption(InternetLevel, FreeBind, set);
            }

            socket.Bind(need.EndPoint);
            return Outcome.Possible;
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode switch
            {
                SocketError.AddressAlreadyInUse => Outcome.Taken,
                SocketError.AddressNotAvailable when !arrives => Outcome.Missing,

                // What else there is the restore will say.
                _ => Outcome.Possible,
            };
        }
    }
}
