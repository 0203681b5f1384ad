using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace U2CMigration.Core.Interop;

/// <summary>packet(7): raw link-layer frames. Needs CAP_NET_RAW.</summary>
internal static partial class PacketSocket
{
    private const int AddressFamilyPacket = 17;
    private const int SocketTypeRaw = 3;
    private const int CloseOnExec = 0x80000;

    /// <summary>struct sockaddr_ll; the protocol is in network byte order.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct LinkLayerAddress
    {
        public ushort Family;
        public ushort Protocol;
        public int InterfaceIndex;
        public ushort HardwareType;
        public byte PacketType;
        public byte AddressLength;
        public ulong Address;
    }

    /// <summary>Sends one whole frame, link-layer header included.</summary>
    internal static unsafe void Send(int interfaceIndex, ushort protocol, ReadOnlySpan<byte> frame)
    {
        ushort networkOrder = System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(protocol);
        int descriptor = OpenSocket(AddressFamilyPacket, SocketTypeRaw | CloseOnExec, networkOrder);
        if (descriptor < 0)
        {
            throw new IOException($"socket(AF_PACKET) failed: {Marshal.GetLastPInvokeErrorMessage()}. CAP_NET_RAW is needed to announce an address.");
        }

        using var socket = new SafeFileHandle(descriptor, ownsHandle: true);
        var address = new LinkLayerAddress { Family = AddressFamilyPacket, Protocol = networkOrder, InterfaceIndex = interfaceIndex, AddressLength = 6 };
        fixed (byte* data = frame)
        {
            if (SendTo(socket, data, (nuint)frame.Length, 0, &address, sizeof(LinkLayerAddress)) < 0)
            {
                throw new IOException($"sendto(AF_PACKET) failed: {Marshal.GetLastPInvokeErrorMessage()}.");
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    private static partial int OpenSocket(int family, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "sendto", SetLastError = true)]
    private static unsafe partial nint SendTo(SafeFileHandle socket, byte* data, nuint length, int flags, LinkLayerAddress* address, int addressLength);
}
