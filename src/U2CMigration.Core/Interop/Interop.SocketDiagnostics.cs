// sock_diag(7): asks the kernel for all sockets of a network namespace. Linux 3.3. No privileges.
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace U2CMigration.Core.Interop;

/// <summary>Dumps the sockets of the network namespace of the calling thread.</summary>
internal static unsafe partial class SocketDiagnostics
{
    public const byte UnixFamily = 1;
    public const byte InternetFamily = 2;
    public const byte InternetFamily6 = 10;
    public const byte Tcp = 6;
    public const byte Udp = 17;

    internal const int HeaderLength = 16;

    private const int NetlinkFamily = 16;
    private const int RawSocket = 3;
    private const int CloseOnExec = 0x80000;
    private const int DiagnosticsProtocol = 4;
    private const ushort ByFamily = 20;
    private const ushort RequestDump = 0x301;
    private const ushort ErrorMessage = 2;
    private const ushort DoneMessage = 3;
    private const int BufferBytes = 1 << 16;

    /// <summary>Takes the payload of one answer.</summary>
    public delegate void Taker(ReadOnlySpan<byte> message);

    /// <summary>All unix sockets: with names, files and peers.</summary>
    public static void DumpUnix(Taker take)
    {
        Span<byte> request = stackalloc byte[24];
        request.Clear();
        request[0] = UnixFamily;
        BinaryPrimitives.WriteUInt32LittleEndian(request[4..], uint.MaxValue); // states
        const uint NameFilePeer = 1 | 2 | 4;
        BinaryPrimitives.WriteUInt32LittleEndian(request[12..], NameFilePeer);
        Dump(request, take);
    }

    /// <summary>All sockets of a protocol of IPv4 or IPv6.</summary>
    public static void DumpInternet(byte family, byte protocol, Taker take)
    {
        Span<byte> request = stackalloc byte[56];
        request.Clear();
        request[0] = family;
        request[1] = protocol;
        BinaryPrimitives.WriteUInt32LittleEndian(request[4..], uint.MaxValue); // states
        Dump(request, take);
    }

    /// <summary>Ends a TCP connection as if its other end had reset it. Linux 4.5; needs CAP_NET_ADMIN, and a kernel with INET_DIAG_DESTROY.</summary>
    /// <returns>Whether the kernel has done it.</returns>
    public static bool Destroy(System.Net.IPEndPoint local, System.Net.IPEndPoint remote)
    {
        const ushort DestroySocket = 21;
        const ushort RequestAcknowledge = 5;
        byte[] message = new byte[HeaderLength + 56];
        BinaryPrimitives.WriteInt32LittleEndian(message, message.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(message.AsSpan(4), DestroySocket);
        BinaryPrimitives.WriteUInt16LittleEndian(message.AsSpan(6), RequestAcknowledge);
        Span<byte> request = message.AsSpan(HeaderLength);
        request[0] = local.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? InternetFamily6 : InternetFamily;
        request[1] = Tcp;
        BinaryPrimitives.WriteUInt32LittleEndian(request[4..], uint.MaxValue); // states
        BinaryPrimitives.WriteUInt16BigEndian(request[8..], (ushort)local.Port);
        BinaryPrimitives.WriteUInt16BigEndian(request[10..], (ushort)remote.Port);
        local.Address.TryWriteBytes(request[12..], out _);
        remote.Address.TryWriteBytes(request[28..], out _);
        request[48..56].Fill(0xff); // any cookie
        using SafeFileHandle socket = Open();
        fixed (byte* data = message)
        {
            return Send(socket, data, (nuint)message.Length, 0) == message.Length
                && Receive(socket, data, (nuint)message.Length, 0) >= HeaderLength + 4
                && BinaryPrimitives.ReadInt32LittleEndian(request) == 0;
        }
    }

    private static SafeFileHandle Open()
    {
        int descriptor = OpenSocket(NetlinkFamily, RawSocket | CloseOnExec, DiagnosticsProtocol);
        return descriptor >= 0 ? new SafeFileHandle(descriptor, ownsHandle: true) : throw new IOException($"socket(NETLINK_SOCK_DIAG) failed: {Marshal.GetLastPInvokeErrorMessage()}.");
    }

    private static void Dump(ReadOnlySpan<byte> request, Taker take)
    {
        using SafeFileHandle socket = Open();
        byte[] buffer = new byte[BufferBytes];
        int length = HeaderLength + request.Length;
        BinaryPrimitives.WriteInt32LittleEndian(buffer, length);
        BinaryPrimitives.WriteUInt16LittleEndian(buffer.AsSpan(4), ByFamily);
        BinaryPrimitives.WriteUInt16LittleEndian(buffer.AsSpan(6), RequestDump);
        request.CopyTo(buffer.AsSpan(HeaderLength));
        fixed (byte* data = buffer)
        {
            if (Send(socket, data, (nuint)length, 0) != length)
            {
                throw new IOException($"send(NETLINK_SOCK_DIAG) failed: {Marshal.GetLastPInvokeErrorMessage()}.");
            }

            bool more = true;
            while (more)
            {
                nint received = Receive(socket, data, BufferBytes, 0);
                if (received < 0)
                {
                    throw new IOException($"recv(NETLINK_SOCK_DIAG) failed: {Marshal.GetLastPInvokeErrorMessage()}.");
                }

                more = received > 0 && Take(buffer.AsSpan(0, (int)received), take);
            }
        }
    }

    /// <summary>Takes the messages of one datagram.</summary>
    /// <returns>False when the last of all has come.</returns>
    internal static bool Take(ReadOnlySpan<byte> datagram, Taker take)
    {
        while (datagram.Length >= HeaderLength)
        {
            int length = BinaryPrimitives.ReadInt32LittleEndian(datagram);
            ushort type = BinaryPrimitives.ReadUInt16LittleEndian(datagram[4..]);
            if (length < HeaderLength || length > datagram.Length || type == DoneMessage)
            {
                return false;
            }

            if (type == ErrorMessage)
            {
                // The kernel has no module for this family, so there are no such sockets that it could show.
                return false;
            }

            take(datagram[HeaderLength..length]);
            datagram = datagram[Math.Min(datagram.Length, (length + 3) & ~3)..];
        }

        return true;
    }

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    private static partial int OpenSocket(int family, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    private static partial nint Send(SafeFileHandle socket, byte* data, nuint length, int flags);

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    private static partial nint Receive(SafeFileHandle socket, byte* data, nuint length, int flags);
}
