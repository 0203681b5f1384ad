using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace U2CMigration.Core.Interop;

/// <summary>packet(7): frames that arrive on one device, chosen by a filter, and frames sent on it again. Needs CAP_NET_RAW.</summary>
/// <remarks>
/// Every frame is preceded by struct virtio_net_hdr (PACKET_VNET_HDR, Linux 2.6.27): arriving frames may be larger than the device's MTU and lack
/// their checksum, and go out whole only with it.
/// </remarks>
internal sealed partial class PacketTap : IDisposable
{
    /// <summary>The length of struct virtio_net_hdr before each frame.</summary>
    internal const int PrefixLength = 10;

    private const int AddressFamilyPacket = 17;
    private const int SocketTypeRaw = 3;
    private const int NonBlocking = 0x800;
    private const int CloseOnExec = 0x80000;
    private const ushort EveryProtocol = 3;
    private const int LevelSocket = 1;
    private const int LevelPacket = 263;
    private const int AttachFilter = 26;
    private const int ReceiveBufferForce = 33;
    private const int VirtioHeader = 15;
    private const int IgnoreOutgoing = 23;
    private const short PollIn = 1;
    private const int BufferBytes = 16 << 20;

    private readonly SafeFileHandle _socket;

    private PacketTap(SafeFileHandle socket) => _socket = socket;

    /// <summary>struct sock_filter: one instruction of a classic BPF program.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal readonly record struct Instruction(ushort Code, byte JumpIfTrue, byte JumpIfFalse, uint Operand);

    /// <summary>Opens a tap that receives nothing before <see cref="Listen"/>.</summary>
    /// <param name="filter">Says which frames are received; offsets count from the link-layer header.</param>
    internal static unsafe PacketTap Open(ReadOnlySpan<Instruction> filter)
    {
        int descriptor = OpenSocket(AddressFamilyPacket, SocketTypeRaw | NonBlocking | CloseOnExec, 0);
        if (descriptor < 0)
        {
            throw new IOException($"socket(AF_PACKET) failed: {Marshal.GetLastPInvokeErrorMessage()}. CAP_NET_RAW is needed to move an address.");
        }

        var tap = new PacketTap(new SafeFileHandle(descriptor, ownsHandle: true));
        try
        {
            tap.Filter(filter);
            int on = 1;
            tap.Set(LevelPacket, VirtioHeader, &on, sizeof(int));
            tap.Set(LevelPacket, IgnoreOutgoing, &on, sizeof(int));
            int size = BufferBytes;
            tap.Set(LevelSocket, ReceiveBufferForce, &size, sizeof(int));
            return tap;
        }
        catch
        {
            tap.Dispose();
            throw;
        }
    }

    /// <summary>Receives other frames from now on.</summary>
    internal unsafe void Filter(ReadOnlySpan<Instruction> filter)
    {
        fixed (Instruction* first = filter)
        {
            var program = new FilterProgram { Length = (ushort)filter.Length, Instructions = first };
            Set(LevelSocket, AttachFilter, &program, sizeof(FilterProgram));
        }
    }

    /// <summary>Begins to receive what arrives on a device.</summary>
    internal unsafe void Listen(int interfaceIndex)
    {
        var address = new PacketSocket.LinkLayerAddress
        {
            Family = AddressFamilyPacket,
            Protocol = BinaryPrimitives.ReverseEndianness(EveryProtocol),
            InterfaceIndex = interfaceIndex,
        };
        if (Bind(_socket, &address, sizeof(PacketSocket.LinkLayerAddress)) != 0)
        {
            throw new IOException($"bind(AF_PACKET) failed: {Marshal.GetLastPInvokeErrorMessage()}.");
        }
    }

    /// <summary>Waits until a frame is there.</summary>
    internal unsafe bool Wait(TimeSpan longest)
    {
        var descriptor = new PollDescriptor { Descriptor = (int)_socket.DangerousGetHandle(), Events = PollIn };
        return Poll(&descriptor, 1, (int)longest.TotalMilliseconds) > 0;
    }

    /// <summary>Takes a frame if one is there; the prefix comes first.</summary>
    internal unsafe bool TryReceive(Span<byte> buffer, out int length)
    {
        fixed (byte* data = buffer)
        {
            length = (int)Receive(_socket, data, (nuint)buffer.Length, 0);
            return length > PrefixLength;
        }
    }

    /// <summary>Sends a frame with its prefix on the device that is listened on. A frame that the device does not take is lost, as on any wire.</summary>
    internal unsafe void Send(ReadOnlySpan<byte> frame)
    {
        fixed (byte* data = frame)
        {
            Send(_socket, data, (nuint)frame.Length, 0);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    private unsafe void Set(int level, int option, void* value, int length)
    {
        if (SetOption(_socket, level, option, value, length) != 0)
        {
            throw new IOException($"setsockopt({level}, {option}) on a packet socket failed: {Marshal.GetLastPInvokeErrorMessage()}. Linux 4.20 and CAP_NET_ADMIN are needed to move an address.");
        }
    }

    [StructLayout(LayoutKind.Sequential)]
    private unsafe struct FilterProgram
    {
        public ushort Length;
        public Instruction* Instructions;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct PollDescriptor
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    private static partial int OpenSocket(int family, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    private static unsafe partial int SetOption(SafeFileHandle socket, int level, int option, void* value, int length);

    [LibraryImport("libc", EntryPoint = "bind", SetLastError = true)]
    private static unsafe partial int Bind(SafeFileHandle socket, PacketSocket.LinkLayerAddress* address, int length);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static unsafe partial int Poll(PollDescriptor* descriptors, nuint count, int milliseconds);

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    private static unsafe partial nint Receive(SafeFileHandle socket, byte* data, nuint length, int flags);

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    private static unsafe partial nint Send(SafeFileHandle socket, byte* data, nuint length, int flags);
}
