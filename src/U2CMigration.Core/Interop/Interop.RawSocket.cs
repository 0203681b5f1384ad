using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace U2CMigration.Core.Interop;

/// <summary>raw(7): whole IPv4 packets, header included, to addresses of this host. Needs CAP_NET_RAW.</summary>
internal sealed unsafe partial class RawSocket : IDisposable
{
    private const int AddressFamilyInet = 2;
    private const int SocketTypeRaw = 3;
    private const int CloseOnExec = 0x80000;
    private const int ProtocolRaw = 255;
    private const int DestinationOffset = 16;

    private readonly SafeFileHandle _socket;

    private RawSocket(SafeFileHandle socket) => _socket = socket;

    /// <summary>Opens one; null where that is not allowed.</summary>
    public static RawSocket? TryOpen()
    {
        int descriptor = OpenSocket(AddressFamilyInet, SocketTypeRaw | CloseOnExec, ProtocolRaw);
        return descriptor < 0 ? null : new RawSocket(new SafeFileHandle(descriptor, ownsHandle: true));
    }

    /// <summary>Sends a packet to the destination that its header names.</summary>
    /// <returns>Whether the kernel took it.</returns>
    public bool Send(ReadOnlySpan<byte> packet)
    {
        var address = new InternetAddress { Family = AddressFamilyInet };
        packet.Slice(DestinationOffset, sizeof(uint)).CopyTo(new Span<byte>(&address.Address, sizeof(uint)));
        fixed (byte* data = packet)
        {
            return SendTo(_socket, data, (nuint)packet.Length, 0, &address, sizeof(InternetAddress)) == packet.Length;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    /// <summary>struct sockaddr_in; the address in network byte order.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct InternetAddress
    {
        public ushort Family;
        public ushort Port;
        public uint Address;
        public ulong Zero;
    }

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    private static partial int OpenSocket(int family, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "sendto", SetLastError = true)]
    private static partial nint SendTo(SafeFileHandle socket, byte* data, nuint length, int flags, InternetAddress* address, int addressLength);
}
