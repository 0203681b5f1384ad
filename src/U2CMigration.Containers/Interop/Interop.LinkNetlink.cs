// rtnetlink(7): links and ports of bridges. Without starting a program, as it lies in the downtime. Needs CAP_NET_ADMIN.
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace U2CMigration.Containers.Interop;

/// <summary>Changes links of the network namespace of the calling thread.</summary>
internal static partial class LinkNetlink
{
    /// <summary>BR_STATE_DISABLED: nothing passes the port, in no direction.</summary>
    public const byte PortDisabled = 0;

    /// <summary>BR_STATE_FORWARDING.</summary>
    public const byte PortForwarding = 3;

    private const int FamilyNetlink = 16;
    private const int SocketRaw = 3;
    private const int CloseOnExec = 0x80000;
    private const int HeaderLength = 16;
    private const int LinkMessageLength = 16;
    private const ushort NewLink = 16;
    private const ushort DeleteLink = 17;
    private const ushort SetLink = 19;
    private const ushort Request = 1;
    private const ushort Acknowledge = 4;
    private const ushort ErrorMessage = 2;
    private const byte FamilyBridge = 7;
    private const uint Up = 1;
    private const uint Running = 0x40;
    private const ushort GetLink = 18;
    private const int AnswerLength = 8192;
    private const ushort ProtocolInformation = 12 | 0x8000;
    private const ushort PortState = 1;
    private const int NoDevice = 19;

    /// <summary>Turns a link on or off.</summary>
    public static void SetUp(int index, bool isUp)
    {
        Span<byte> message = stackalloc byte[HeaderLength + LinkMessageLength];
        Begin(message, NewLink, 0, 0, index);
        BinaryPrimitives.WriteUInt32LittleEndian(message[(HeaderLength + 8)..], isUp ? Up : 0);
        BinaryPrimitives.WriteUInt32LittleEndian(message[(HeaderLength + 12)..], Up);
        Check(Exchange(message), isUp ? "turn on" : "turn off", index);
    }

    /// <summary>Removes a link; one that is gone need not be removed.</summary>
    public static void Remove(int index)
    {
        Span<byte> message = stackalloc byte[HeaderLength + LinkMessageLength];
        Begin(message, DeleteLink, 0, 0, index);
        int error = Exchange(message);
        Check(error == NoDevice ? 0 : error, "remove", index);
    }

    /// <summary>Opens or closes a port of a bridge.</summary>
    public static void SetPort(int index, byte state)
    {
        // The attribute of one byte is padded to four.
        Span<byte> message = stackalloc byte[HeaderLength + LinkMessageLength + 4 + 8];
        Begin(message, SetLink, 0, FamilyBridge, index);
        Span<byte> attributes = message[(HeaderLength + LinkMessageLength)..];
        BinaryPrimitives.WriteUInt16LittleEndian(attributes, 4 + 8);
        BinaryPrimitives.WriteUInt16LittleEndian(attributes[2..], ProtocolInformation);
        BinaryPrimitives.WriteUInt16LittleEndian(attributes[4..], 4 + 1);
        BinaryPrimitives.WriteUInt16LittleEndian(attributes[6..], PortState);
        attributes[8] = state;
        Check(Exchange(message), state == PortForwarding ? "open" : "close", index);
    }

    /// <summary>Whether packets pass a link: it is on, and so is its other end.</summary>
    public static bool IsRunning(int index)
    {
        Span<byte> message = stackalloc byte[HeaderLength + LinkMessageLength];
        Begin(message, GetLink, 0, 0, index);
        BinaryPrimitives.WriteUInt16LittleEndian(message[6..], Request);
        Span<byte> answer = stackalloc byte[AnswerLength];
        int length = Exchange(message, answer);
        return length >= HeaderLength + LinkMessageLength && BinaryPrimitives.ReadUInt16LittleEndian(answer[4..]) == NewLink
            && (BinaryPrimitives.ReadUInt32LittleEndian(answer[(HeaderLength + 8)..]) & Running) != 0;
    }

    private static void Begin(Span<byte> message, ushort type, ushort flags, byte family, int index)
    {
        message.Clear();
        WriteHeader(message, type, flags);
        message[HeaderLength] = family;
        BinaryPrimitives.WriteInt32LittleEndian(message[(HeaderLength + 4)..], index);
    }

    /// <summary>struct nlmsghdr.</summary>
    private static void WriteHeader(Span<byte> message, ushort type, ushort flags)
    {
        BinaryPrimitives.WriteInt32LittleEndian(message, message.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(message[4..], type);
        BinaryPrimitives.WriteUInt16LittleEndian(message[6..], (ushort)(Request | Acknowledge | flags));
    }

    private static void Check(int error, string verb, int index)
    {
        if (error != 0)
        {
            throw new IOException($"Could not {verb} the network device with index {index}: {Marshal.GetPInvokeErrorMessage(error)}. CAP_NET_ADMIN is needed.");
        }
    }

    /// <summary>Has the kernel do something.</summary>
    /// <returns>0 or the errno.</returns>
    private static int Exchange(ReadOnlySpan<byte> message)
    {
        Span<byte> answer = stackalloc byte[AnswerLength];
        int length = Exchange(message, answer);
        return length >= HeaderLength + 4 && BinaryPrimitives.ReadUInt16LittleEndian(answer[4..]) == ErrorMessage
            ? -BinaryPrimitives.ReadInt32LittleEndian(answer[HeaderLength..])
            : throw new IOException("The kernel did not answer a request on AF_NETLINK.");
    }

    private static int Exchange(ReadOnlySpan<byte> message, Span<byte> answer)
    {
        using SafeFileHandle socket = Ask(message);
        return Hear(socket, answer);
    }

    private static unsafe SafeFileHandle Ask(ReadOnlySpan<byte> message)
    {
        int descriptor = OpenSocket(FamilyNetlink, SocketRaw | CloseOnExec, 0);
        if (descriptor < 0)
        {
            throw new IOException($"socket(AF_NETLINK) failed: {Marshal.GetLastPInvokeErrorMessage()}.");
        }

        var socket = new SafeFileHandle(descriptor, ownsHandle: true);
        fixed (byte* data = message)
        {
            if (Send(socket, data, (nuint)message.Length, 0) != message.Length)
            {
                socket.Dispose();
                throw new IOException($"send(AF_NETLINK) failed: {Marshal.GetLastPInvokeErrorMessage()}.");
            }
        }

        return socket;
    }

    private static unsafe int Hear(SafeFileHandle socket, Span<byte> answer)
    {
        fixed (byte* data = answer)
        {
            return (int)Receive(socket, data, (nuint)answer.Length, 0);
        }
    }

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    private static partial int OpenSocket(int family, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    private static unsafe partial nint Send(SafeFileHandle socket, byte* data, nuint length, int flags);

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    private static unsafe partial nint Receive(SafeFileHandle socket, byte* data, nuint length, int flags);
}
