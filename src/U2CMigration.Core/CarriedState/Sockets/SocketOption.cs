namespace U2CMigration.Core.CarriedState.Sockets;

/// <summary>An option of sockets.</summary>
/// <param name="Name">Its name in C, for people and on the wire.</param>
/// <param name="Level">Its level.</param>
/// <param name="Number">Its number.</param>
/// <param name="Where">The sockets that have it.</param>
/// <param name="Bytes">The length of its value.</param>
/// <param name="Form">What its value means, where it means something else on another host.</param>
internal sealed record SocketOption(string Name, int Level, int Number, SocketOption.Kinds Where, int Bytes = 4, SocketOption.Meaning Form = SocketOption.Meaning.Same)
{
    /// <summary>Which sockets have an option that a program sets: others show something there that the kernel keeps for itself.</summary>
    public enum Kinds
    {
        /// <summary>All.</summary>
        Any,

        /// <summary>Those of IPv4 and IPv6.</summary>
        Internet,

        /// <summary>Those of IPv6.</summary>
        InternetV6,

        /// <summary>Those of IPv4 and IPv6 that are no streams.</summary>
        Datagram,

        /// <summary>Those of IPv6 that are no streams.</summary>
        DatagramV6,

        /// <summary>Those of IPv4 and IPv6 that have no peer.</summary>
        Unconnected,

        /// <summary>Raw ones.</summary>
        Raw,

        /// <summary>TCP.</summary>
        Tcp,

        /// <summary>TCP, listening.</summary>
        TcpListener,

        /// <summary>TCP, not connected.</summary>
        TcpUnconnected,

        /// <summary>UDP.</summary>
        Udp,

        /// <summary>Netlink.</summary>
        Netlink,
    }

    /// <summary>What a value means.</summary>
    public enum Meaning
    {
        /// <summary>The same everywhere.</summary>
        Same,

        /// <summary>A text.</summary>
        Text,

        /// <summary>A processor.</summary>
        Processor,

        /// <summary>The number of a network device of this host, 0 for none.</summary>
        Device,

        /// <summary>The same in the byte order of the network.</summary>
        NetworkDevice,
    }

    /// <summary>Whether a socket has it.</summary>
    public bool Applies(SocketNature socket) => Where switch
    {
        Kinds.Any => true,
        Kinds.Internet => socket.IsInternet,
        Kinds.InternetV6 => socket.Family == 10,
        Kinds.Datagram => socket is { IsInternet: true, Type: not 1 },
        Kinds.DatagramV6 => socket is { Family: 10, Type: not 1 },
        Kinds.Unconnected => socket is { IsInternet: true, IsConnected: false },
        Kinds.Raw => socket is { IsInternet: true, Type: 3 },
        Kinds.Tcp => socket is { IsInternet: true, Protocol: 6, Type: 1 },
        Kinds.TcpListener => socket is { IsInternet: true, Protocol: 6, Type: 1, Listens: true },
        Kinds.TcpUnconnected => socket is { IsInternet: true, Protocol: 6, Type: 1, IsConnected: false },
        Kinds.Udp => socket is { IsInternet: true, Protocol: 17 },
        _ => socket.Family == 16,
    };
}
