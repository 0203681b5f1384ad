using static U2CMigration.Core.CarriedState.Sockets.SocketOption;

namespace U2CMigration.Core.CarriedState.Sockets;

/// <summary>
/// The options of sockets that a program sets and that can be read again: socket(7), ip(7), ipv6(7), tcp(7), udp(7), netlink(7). Those that CRIU restores are here as well where reading and
/// setting mean the same; they are found equal then. In the order in which they are set.
/// </summary>
/// <remarks>
/// Not here, as nobody can read them: programs that choose a socket of a group (SO_ATTACH_REUSEPORT_CBPF), a device without address for IP_MULTICAST_IF, keys of TCP_MD5SIG. Buffers
/// and what TCP has agreed on with its peer are CRIU's.
/// </remarks>
internal static class SocketOptions
{
    private const int Socket = 1;
    private const int Ip = 0;
    private const int Ipv6 = 41;
    private const int Tcp = 6;
    private const int Udp = 17;
    private const int Netlink = 270;

    /// <summary>All of them.</summary>
    public static IReadOnlyList<SocketOption> All { get; } =
    [
        new("SO_DEBUG", Socket, 1, Kinds.Any),
        new("SO_DONTROUTE", Socket, 5, Kinds.Any),
        new("SO_BROADCAST", Socket, 6, Kinds.Any),
        new("SO_KEEPALIVE", Socket, 9, Kinds.Any),
        new("SO_OOBINLINE", Socket, 10, Kinds.Any),
        new("SO_NO_CHECK", Socket, 11, Kinds.Udp),
        new("SO_PRIORITY", Socket, 12, Kinds.Internet),
        new("SO_LINGER", Socket, 13, Kinds.Any, 8),
        new("SO_PASSCRED", Socket, 16, Kinds.Any),
        new("SO_RCVLOWAT", Socket, 18, Kinds.Internet),
        new("SO_TIMESTAMP", Socket, 29, Kinds.Any),
        new("SO_PASSSEC", Socket, 34, Kinds.Any),
        new("SO_TIMESTAMPNS", Socket, 35, Kinds.Any),
        new("SO_MARK", Socket, 36, Kinds.Any),
        new("SO_TIMESTAMPING", Socket, 37, Kinds.Any, 8),
        new("SO_RXQ_OVFL", Socket, 40, Kinds.Any),
        new("SO_WIFI_STATUS", Socket, 41, Kinds.Any),
        new("SO_PEEK_OFF", Socket, 42, Kinds.Any),
        new("SO_SELECT_ERR_QUEUE", Socket, 45, Kinds.Any),
        new("SO_BUSY_POLL", Socket, 46, Kinds.Any),
        new("SO_MAX_PACING_RATE", Socket, 47, Kinds.Any, 8),
        new("SO_INCOMING_CPU", Socket, 49, Kinds.Unconnected, 4, Meaning.Processor),
        new("SO_ZEROCOPY", Socket, 60, Kinds.Internet),
        new("SO_TXTIME", Socket, 61, Kinds.Internet, 8),
        new("SO_TIMESTAMP_NEW", Socket, 63, Kinds.Any),
        new("SO_TIMESTAMPNS_NEW", Socket, 64, Kinds.Any),
        new("SO_TIMESTAMPING_NEW", Socket, 65, Kinds.Any, 8),
        new("SO_PREFER_BUSY_POLL", Socket, 69, Kinds.Any),
        new("SO_BUSY_POLL_BUDGET", Socket, 70, Kinds.Any),
        new("SO_RESERVE_MEM", Socket, 73, Kinds.Internet),
        new("SO_TXREHASH", Socket, 74, Kinds.Tcp),
        new("SO_RCVMARK", Socket, 75, Kinds.Any),
        new("SO_PASSPIDFD", Socket, 76, Kinds.Any),
        new("SO_RCVPRIORITY", Socket, 82, Kinds.Any),
        new("SO_PASSRIGHTS", Socket, 83, Kinds.Any),
        new("IP_TOS", Ip, 1, Kinds.Internet),
        new("IP_TTL", Ip, 2, Kinds.Internet),
        new("IP_HDRINCL", Ip, 3, Kinds.Raw),
        new("IP_OPTIONS", Ip, 4, Kinds.Internet, 40),
        new("IP_RECVOPTS", Ip, 6, Kinds.Internet),
        new("IP_RETOPTS", Ip, 7, Kinds.Internet),
        new("IP_PKTINFO", Ip, 8, Kinds.Internet),
        new("IP_MTU_DISCOVER", Ip, 10, Kinds.Internet),
        new("IP_RECVERR", Ip, 11, Kinds.Internet),
        new("IP_RECVTTL", Ip, 12, Kinds.Internet),
        new("IP_RECVTOS", Ip, 13, Kinds.Internet),
        new("IP_FREEBIND", Ip, 15, Kinds.Internet),
        new("IP_PASSSEC", Ip, 18, Kinds.Internet),
        new("IP_TRANSPARENT", Ip, 19, Kinds.Internet),
        new("IP_RECVORIGDSTADDR", Ip, 20, Kinds.Internet),
        new("IP_MINTTL", Ip, 21, Kinds.Internet),
        new("IP_NODEFRAG", Ip, 22, Kinds.Raw),
        new("IP_CHECKSUM", Ip, 23, Kinds.Internet),
        new("IP_BIND_ADDRESS_NO_PORT", Ip, 24, Kinds.Internet),
        new("IP_RECVFRAGSIZE", Ip, 25, Kinds.Internet),
        new("IP_RECVERR_RFC4884", Ip, 26, Kinds.Internet),
        new("IP_MULTICAST_IF", Ip, 32, Kinds.Datagram),
        new("IP_MULTICAST_TTL", Ip, 33, Kinds.Datagram),
        new("IP_MULTICAST_LOOP", Ip, 34, Kinds.Datagram),
        new("IP_MULTICAST_ALL", Ip, 49, Kinds.Datagram),
        new("IP_UNICAST_IF", Ip, 50, Kinds.Internet, 4, Meaning.NetworkDevice),
        new("IP_LOCAL_PORT_RANGE", Ip, 51, Kinds.Internet),
        new("IPV6_UNICAST_HOPS", Ipv6, 16, Kinds.InternetV6),
        new("IPV6_MULTICAST_IF", Ipv6, 17, Kinds.DatagramV6, 4, Meaning.Device),
        new("IPV6_MULTICAST_HOPS", Ipv6, 18, Kinds.DatagramV6),
        new("IPV6_MULTICAST_LOOP", Ipv6, 19, Kinds.DatagramV6),
        new("IPV6_MTU_DISCOVER", Ipv6, 23, Kinds.InternetV6),
        new("IPV6_RECVERR", Ipv6, 25, Kinds.InternetV6),
        new("IPV6_MULTICAST_ALL", Ipv6, 29, Kinds.DatagramV6),
        new("IPV6_RECVERR_RFC4884", Ipv6, 31, Kinds.InternetV6),
        new("IPV6_FLOWINFO_SEND", Ipv6, 33, Kinds.InternetV6),
        new("IPV6_RECVPKTINFO", Ipv6, 49, Kinds.InternetV6),
        new("IPV6_RECVHOPLIMIT", Ipv6, 51, Kinds.InternetV6),
        new("IPV6_RECVHOPOPTS", Ipv6, 53, Kinds.InternetV6),
        new("IPV6_RECVRTHDR", Ipv6, 56, Kinds.InternetV6),
        new("IPV6_RECVDSTOPTS", Ipv6, 58, Kinds.InternetV6),
        new("IPV6_RECVPATHMTU", Ipv6, 60, Kinds.InternetV6),
        new("IPV6_DONTFRAG", Ipv6, 62, Kinds.InternetV6),
        new("IPV6_RECVTCLASS", Ipv6, 66, Kinds.InternetV6),
        new("IPV6_TCLASS", Ipv6, 67, Kinds.InternetV6),
        new("IPV6_AUTOFLOWLABEL", Ipv6, 70, Kinds.InternetV6),
        new("IPV6_ADDR_PREFERENCES", Ipv6, 72, Kinds.InternetV6),
        new("IPV6_MINHOPCOUNT", Ipv6, 73, Kinds.InternetV6),
        new("IPV6_RECVORIGDSTADDR", Ipv6, 74, Kinds.InternetV6),
        new("IPV6_TRANSPARENT", Ipv6, 75, Kinds.InternetV6),
        new("IPV6_UNICAST_IF", Ipv6, 76, Kinds.InternetV6, 4, Meaning.NetworkDevice),
        new("IPV6_RECVFRAGSIZE", Ipv6, 77, Kinds.InternetV6),
        new("IPV6_FREEBIND", Ipv6, 78, Kinds.InternetV6),
        new("TCP_NODELAY", Tcp, 1, Kinds.Tcp),
        new("TCP_MAXSEG", Tcp, 2, Kinds.TcpListener),
        new("TCP_KEEPIDLE", Tcp, 4, Kinds.Tcp),
        new("TCP_KEEPINTVL", Tcp, 5, Kinds.Tcp),
        new("TCP_KEEPCNT", Tcp, 6, Kinds.Tcp),
        new("TCP_SYNCNT", Tcp, 7, Kinds.Tcp),
        new("TCP_LINGER2", Tcp, 8, Kinds.Tcp),
        new("TCP_DEFER_ACCEPT", Tcp, 9, Kinds.Tcp),
        new("TCP_WINDOW_CLAMP", Tcp, 10, Kinds.TcpListener),
        new("TCP_CONGESTION", Tcp, 13, Kinds.Tcp, 16, Meaning.Text),
        new("TCP_THIN_LINEAR_TIMEOUTS", Tcp, 16, Kinds.Tcp),
        new("TCP_USER_TIMEOUT", Tcp, 18, Kinds.Tcp),
        new("TCP_FASTOPEN", Tcp, 23, Kinds.TcpListener),
        new("TCP_NOTSENT_LOWAT", Tcp, 25, Kinds.Tcp),
        new("TCP_SAVE_SYN", Tcp, 27, Kinds.TcpUnconnected),
        new("TCP_FASTOPEN_CONNECT", Tcp, 30, Kinds.TcpUnconnected),
        new("TCP_FASTOPEN_NO_COOKIE", Tcp, 34, Kinds.TcpUnconnected),
        new("TCP_INQ", Tcp, 36, Kinds.Tcp),
        new("TCP_TX_DELAY", Tcp, 37, Kinds.Tcp),
        new("TCP_RTO_MAX_MS", Tcp, 44, Kinds.Tcp),
        new("TCP_RTO_MIN_US", Tcp, 45, Kinds.Tcp),
        new("TCP_DELACK_MAX_US", Tcp, 46, Kinds.Tcp),
        new("UDP_ENCAP", Udp, 100, Kinds.Udp),
        new("UDP_NO_CHECK6_TX", Udp, 101, Kinds.Udp),
        new("UDP_NO_CHECK6_RX", Udp, 102, Kinds.Udp),
        new("UDP_SEGMENT", Udp, 103, Kinds.Udp),
        new("UDP_GRO", Udp, 104, Kinds.Udp),
        new("NETLINK_PKTINFO", Netlink, 3, Kinds.Netlink),
        new("NETLINK_BROADCAST_ERROR", Netlink, 4, Kinds.Netlink),
        new("NETLINK_NO_ENOBUFS", Netlink, 5, Kinds.Netlink),
        new("NETLINK_LISTEN_ALL_NSID", Netlink, 8, Kinds.Netlink),
        new("NETLINK_CAP_ACK", Netlink, 10, Kinds.Netlink),
        new("NETLINK_EXT_ACK", Netlink, 11, Kinds.Netlink),
        new("NETLINK_GET_STRICT_CHK", Netlink, 12, Kinds.Netlink),

        // Nothing of the filter can be changed after this one.
        new("SO_LOCK_FILTER", Socket, 44, Kinds.Any),
    ];

    /// <summary>The option of a name; null for one that a newer version knows.</summary>
    public static SocketOption? Find(string name) => Names.GetValueOrDefault(name);

    private static Dictionary<string, SocketOption> Names { get; } = All.ToDictionary(static option => option.Name);
}
