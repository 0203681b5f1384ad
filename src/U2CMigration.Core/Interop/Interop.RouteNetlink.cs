using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace U2CMigration.Core.Interop;

/// <summary>rtnetlink(7): adds and removes interface addresses without starting a program, as both lie in the downtime. Needs CAP_NET_ADMIN.</summary>
internal static partial class RouteNetlink
{
    internal const int MessageLength = HeaderLength + AddressMessageLength + (2 * AttributeLength);

    /// <summary>NETLINK_ROUTE.</summary>
    internal const int Protocol = 0;

    private const int AddressFamilyNetlink = 16;
    private const int SocketTypeRaw = 3;
    private const int CloseOnExec = 0x80000;
    private const ushort NewAddress = 20;
    private const ushort DeleteAddress = 21;
    private const ushort ErrorMessage = 2;
    private const ushort FlagRequest = 1;
    private const ushort FlagAcknowledge = 4;
    private const ushort FlagReplace = 0x100;
    private const ushort FlagExclusive = 0x200;
    private const ushort FlagCreate = 0x400;
    private const int Exists = 17;
    private const int AddressNotAvailable = 99;
    private const ushort AttributeAddress = 1;
    private const ushort AttributeLocal = 2;
    private const byte AddressFamilyInet = 2;
    private const int HeaderLength = 16;
    private const int AddressMessageLength = 8;
    private const int AttributeLength = 8;

    /// <summary>Adds an IPv4 address, or leaves it as it is when it is there.</summary>
    internal static void AddAddress(int interfaceIndex, ReadOnlySpan<byte> address, int prefixLength) =>
        Check(Request(NewAddress, FlagCreate | FlagReplace, interfaceIndex, address, prefixLength), "add", address, prefixLength);

    /// <summary>Adds an IPv4 address.</summary>
    /// <returns>False when it was there: it is not ours to remove then.</returns>
    internal static bool TryAddNewAddress(int interfaceIndex, ReadOnlySpan<byte> address, int prefixLength)
    {
        int error = Request(NewAddress, FlagCreate | FlagExclusive, interfaceIndex, address, prefixLength);
        Check(error == Exists ? 0 : error, "add", address, prefixLength);
        return error == 0;
    }

    /// <summary>Removes an IPv4 address.</summary>
    internal static void RemoveAddress(int interfaceIndex, ReadOnlySpan<byte> address, int prefixLength) =>
        Check(Request(DeleteAddress, 0, interfaceIndex, address, prefixLength), "remove", address, prefixLength);

    /// <summary>Removes an IPv4 address; what is not there need not be removed.</summary>
    internal static void RemoveAddressIfThere(int interfaceIndex, ReadOnlySpan<byte> address, int prefixLength)
    {
        int error = Request(DeleteAddress, 0, interfaceIndex, address, prefixLength);
        Check(error == AddressNotAvailable ? 0 : error, "remove", address, prefixLength);
    }

    /// <summary>The message that adds an address or leaves it as it is, for another process to send.</summary>
    internal static byte[] AddressMessage(int interfaceIndex, ReadOnlySpan<byte> address, int prefixLength)
    {
        byte[] message = new byte[MessageLength];
        Write(message, NewAddress, FlagCreate | FlagReplace, interfaceIndex, address, prefixLength);
        return message;
    }

    /// <summary>struct nlmsghdr, struct ifaddrmsg, IFA_LOCAL, IFA_ADDRESS; in the byte order of the host.</summary>
    internal static void Write(Span<byte> message, ushort type, ushort flags, int interfaceIndex, ReadOnlySpan<byte> address, int prefixLength)
    {
        message.Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(message, MessageLength);
        BinaryPrimitives.WriteUInt16LittleEndian(message[4..], type);
        BinaryPrimitives.WriteUInt16LittleEndian(message[6..], (ushort)(FlagRequest | FlagAcknowledge | flags));
        message[HeaderLength] = AddressFamilyInet;
        message[HeaderLength + 1] = (byte)prefixLength;
        BinaryPrimitives.WriteInt32LittleEndian(message[(HeaderLength + 4)..], interfaceIndex);
        Span<byte> attributes = message[(HeaderLength + AddressMessageLength)..];
        foreach (ushort attribute in (ReadOnlySpan<ushort>)[AttributeLocal, AttributeAddress])
        {
            BinaryPrimitives.WriteUInt16LittleEndian(attributes, AttributeLength);
            BinaryPrimitives.WriteUInt16LittleEndian(attributes[2..], attribute);
            address.CopyTo(attributes[4..]);
            attributes = attributes[AttributeLength..];
        }
    }

    private static void Check(int error, string verb, ReadOnlySpan<byte> address, int prefixLength)
    {
        if (error != 0)
        {
            throw new IOException(
                $"Could not {verb} {new System.Net.IPAddress(address)}/{prefixLength}: {Marshal.GetPInvokeErrorMessage(error)}. CAP_NET_ADMIN is needed.");
        }
    }

    /// <summary>Asks the kernel.</summary>
    /// <returns>0 or the errno.</returns>
    private static unsafe int Request(ushort type, int flags, int interfaceIndex, ReadOnlySpan<byte> address, int prefixLength)
    {
        int descriptor = OpenSocket(AddressFamilyNetlink, SocketTypeRaw | CloseOnExec, 0);
        if (descriptor < 0)
        {
            throw new IOException($"socket(AF_NETLINK) failed: {Marshal.GetLastPInvokeErrorMessage()}.");
        }

        using var socket = new SafeFileHandle(descriptor, ownsHandle: true);
        byte* buffer = stackalloc byte[4096];
        Write(new Span<byte>(buffer, MessageLength), type, (ushort)flags, interfaceIndex, address, prefixLength);
        if (Send(socket, buffer, MessageLength, 0) != MessageLength)
        {
            throw new IOException($"send(AF_NETLINK) failed: {Marshal.GetLastPInvokeErrorMessage()}.");
        }

        nint received = Receive(socket, buffer, 4096, 0);
        if (received < HeaderLength + 4 || BinaryPrimitives.ReadUInt16LittleEndian(new ReadOnlySpan<byte>(buffer + 4, 2)) != ErrorMessage)
        {
            throw new IOException("The kernel did not answer an address request on AF_NETLINK.");
        }

        return -BinaryPrimitives.ReadInt32LittleEndian(new ReadOnlySpan<byte>(buffer + HeaderLength, 4));
    }

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    private static partial int OpenSocket(int family, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    private static unsafe partial nint Send(SafeFileHandle socket, byte* data, nuint length, int flags);

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    private static unsafe partial nint Receive(SafeFileHandle socket, byte* data, nuint length, int flags);
}
