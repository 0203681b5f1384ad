using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using U2CMigration.Core.Interop;

namespace U2CMigration.Core.CarriedState.Sockets;

/// <summary>What kind of socket one is, and what it does: the options that it has depend on that.</summary>
/// <param name="Family">AF_UNIX (1), AF_INET (2), AF_INET6 (10), AF_NETLINK (16)...</param>
/// <param name="Type">SOCK_STREAM (1), SOCK_DGRAM (2), SOCK_RAW (3)...</param>
/// <param name="Protocol">IPPROTO_TCP (6), IPPROTO_UDP (17)...</param>
/// <param name="Listens">Whether it takes connections.</param>
/// <param name="IsConnected">Whether it has a peer.</param>
internal readonly record struct SocketNature(int Family, int Type, int Protocol, bool Listens, bool IsConnected)
{
    private const int SocketLevel = 1;
    private const int TypeOption = 3;
    private const int ListensOption = 30;
    private const int ProtocolOption = 38;
    private const int DomainOption = 39;
    private const int MostAddressBytes = 128;

    /// <summary>Whether it belongs to the internet protocols.</summary>
    public bool IsInternet => Family is 2 or 10;

    /// <summary>Family, type and protocol, by which a restored socket is known again.</summary>
    public string Kind => string.Create(CultureInfo.InvariantCulture, $"{Family}/{Type}/{Protocol}");

    /// <summary>Asks a socket.</summary>
    public static SocketNature Of(SafeFileHandle socket) =>
        new(Number(socket, DomainOption), Number(socket, TypeOption), Number(socket, ProtocolOption), Number(socket, ListensOption) == 1, SocketCalls.HasPeer(socket, MostAddressBytes));

    /// <summary>What it is, for people.</summary>
    public string Describe() => (Family, Type, Protocol) switch
    {
        (2 or 10, 1, 6) => "TCP socket",
        (2 or 10, 2, 17) => "UDP socket",
        (2 or 10, 3, _) => "raw socket",
        (1, _, _) => "unix socket",
        (16, _, _) => "netlink socket",
        _ => $"socket ({Kind})",
    };

    private static int Number(SafeFileHandle socket, int option)
    {
        int value = 0;
        return SocketCalls.Get(socket, SocketLevel, option, MemoryMarshal.AsBytes(new Span<int>(ref value)), out _) == 0 ? value : -1;
    }
}
