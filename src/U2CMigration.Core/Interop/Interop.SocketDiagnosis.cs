// sock_diag(7), linux/inet_diag.h: TCP sockets by state, without those in TIME_WAIT, which can be tens of thousands in /proc/net/tcp.
using System.Buffers.Binary;
using System.Net;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace U2CMigration.Core.Interop;

/// <summary>A TCP socket of a network namespace.</summary>
/// <param name="State">TCP_ESTABLISHED (1) and so on.</param>
/// <param name="Local">Its own end.</param>
/// <param name="Remote">The other end.</param>
/// <param name="ReceiveQueue">Of a listening socket, the connections that wait to be accepted.</param>
/// <param name="Inode">The number by which a descriptor shows it; 0 for one that no one has open.</param>
internal readonly record struct TcpSocketEntry(int State, IPEndPoint Local, IPEndPoint Remote, uint ReceiveQueue, uint Inode);

internal static unsafe partial class SocketDiagnosis
{
    private const int NetlinkFamily = 16;
    private const int RawSocket = 3;
    private const int CloseOnExec = 0x80000;
    private const int DiagnosisProtocol = 4; // NETLINK_SOCK_DIAG
    private const ushort ByFamily = 20; // SOCK_DIAG_BY_FAMILY
    private const ushort Error = 2;
    private const ushort Done = 3;
    private const ushort RequestDump = 0x301; // NLM_F_REQUEST | NLM_F_DUMP
    private const byte Tcp = 6;
    private const int HeaderBytes = 16;
    private const int RequestBytes = HeaderBytes + 56;
    private const int MessageBytes = 72; // struct inet_diag_msg
    private const int BufferBytes = 1 << 16;

    /// <summary>Lists the TCP sockets of this thread's network namespace that are in some states.</summary>
    /// <param name="states">A bit for each state.</param>
    /// <exception cref="IOException">The kernel does not tell (the module tcp_diag).</exception>
    public static List<TcpSocketEntry> List(uint states)
    {
        var found = new List<TcpSocketEntry>();
        int descriptor = socket(NetlinkFamily, RawSocket | CloseOnExec, DiagnosisProtocol);
        if (descriptor < 0)
        {
            throw Failure(Marshal.GetLastPInvokeError());
        }

        using var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        byte[] buffer = new byte[BufferBytes];
        foreach (byte family in (ReadOnlySpan<byte>)[2, 10])
        {
            Ask(handle, family, states);
            while (Take(handle, buffer, found))
            {
            }
        }

        return found;
    }

    /// <summary>Reads the messages of one answer.</summary>
    /// <returns>False after the last one.</returns>
    internal static bool Parse(ReadOnlySpan<byte> messages, List<TcpSocketEntry> found)
    {
        while (messages.Length >= HeaderBytes)
        {
            int length = BinaryPrimitives.ReadInt32LittleEndian(messages);
            ushort type = BinaryPrimitives.ReadUInt16LittleEndian(messages[4..]);
            if (type == Done || length < HeaderBytes || length > messages.Length)
            {
                return false;
            }

            ReadOnlySpan<byte> body = messages[HeaderBytes..length];
            if (type == Error && body.Length >= sizeof(int))
            {
                int error = -BinaryPrimitives.ReadInt32LittleEndian(body);
                return error == 0 ? false : throw Failure(error);
            }

            if (type == ByFamily && body.Length >= MessageBytes)
            {
                found.Add(new TcpSocketEntry(
                    body[1], EndPoint(body[0], body[8..], body[4..]), EndPoint(body[0], body[24..], body[6..]),
                    BinaryPrimitives.ReadUInt32LittleEndian(body[56..]), BinaryPrimitives.ReadUInt32LittleEndian(body[68..])));
            }

            messages = messages[Math.Min(messages.Length, (length + 3) & ~3)..];
        }

        return true;
    }

    private static void Ask(SafeFileHandle handle, byte family, uint states)
    {
        byte* request = stackalloc byte[RequestBytes];
        var bytes = new Span<byte>(request, RequestBytes);
        bytes.Clear();
        BinaryPrimitives.WriteInt32LittleEndian(bytes, RequestBytes);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[4..], ByFamily);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[6..], RequestDump);
        (bytes[HeaderBytes], bytes[HeaderBytes + 1]) = (family, Tcp);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[(HeaderBytes + 4)..], states);
        if (send(handle, request, RequestBytes, 0) != RequestBytes)
        {
            throw Failure(Marshal.GetLastPInvokeError());
        }
    }

    private static bool Take(SafeFileHandle handle, byte[] buffer, List<TcpSocketEntry> found)
    {
        fixed (byte* start = buffer)
        {
            nint received = recv(handle, start, BufferBytes, 0);
            return received > 0 ? Parse(buffer.AsSpan(0, (int)received), found) : throw Failure(Marshal.GetLastPInvokeError());
        }
    }

    private static IPEndPoint EndPoint(byte family, ReadOnlySpan<byte> address, ReadOnlySpan<byte> port)
    {
        var ip = new IPAddress(family == 10 ? address[..16] : address[..4]);
        return new IPEndPoint(ip.IsIPv4MappedToIPv6 ? ip.MapToIPv4() : ip, BinaryPrimitives.ReadUInt16BigEndian(port));
    }

    private static IOException Failure(int error) => new($"The kernel does not list TCP sockets (sock_diag, module tcp_diag): {Marshal.GetPInvokeErrorMessage(error)}.");

    [LibraryImport("libc", SetLastError = true)]
    private static partial int socket(int family, int type, int protocol);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint send(SafeFileHandle socket, byte* data, nuint length, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint recv(SafeFileHandle socket, byte* data, nuint length, int flags);
}
