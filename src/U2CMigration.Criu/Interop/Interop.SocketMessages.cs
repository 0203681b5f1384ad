using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace U2CMigration.Criu.Interop;

/// <summary>recvmsg(2) with SCM_RIGHTS, unix(7): .NET's Socket cannot receive descriptors. No privileges.</summary>
internal static partial class SocketMessages
{
    private const int Interrupted = 4;
    private const int TryAgain = 11;
    private const int SocketLevel = 1;
    private const int Rights = 1;
    private const int CloseDescriptorOnExec = 0x40000000;
    private const int DoNotWait = 0x40;
    private const int ControlTruncated = 8;
    private const int ControlHeader = 16;
    private const int ControlBytes = 64;

    /// <summary>Receives bytes and at most one descriptor without waiting.</summary>
    /// <returns>The number of bytes; 0 when the peer has closed; -1 when nothing is there.</returns>
    /// <exception cref="CriuException">The socket failed, or more descriptors came than one.</exception>
    internal static unsafe int Receive(SafeHandle socket, Span<byte> buffer, out SafeFileHandle? descriptor)
    {
        descriptor = null;
        byte* control = stackalloc byte[ControlBytes];
        fixed (byte* target = buffer)
        {
            var vector = new IoVector { Base = target, Length = (nuint)buffer.Length };
            var header = new MessageHeader { Vectors = &vector, VectorCount = 1, Control = control, ControlLength = ControlBytes };
            nint length;
            while ((length = recvmsg(socket, &header, CloseDescriptorOnExec | DoNotWait)) < 0)
            {
                int errno = Marshal.GetLastPInvokeError();
                if (errno == TryAgain)
                {
                    return -1;
                }

                if (errno != Interrupted)
                {
                    throw Failure($"{Marshal.GetPInvokeErrorMessage(errno)} (errno {errno})", errno);
                }
            }

            descriptor = TakeDescriptor(new ReadOnlySpan<byte>(control, (int)header.ControlLength));
            if ((header.Flags & ControlTruncated) != 0)
            {
                descriptor?.Dispose();
                throw Failure("more descriptors came than the protocol has", 0);
            }

            return (int)length;
        }
    }

    /// <summary>The first descriptor of a control message; null when it carries none.</summary>
    internal static SafeFileHandle? TakeDescriptor(ReadOnlySpan<byte> control)
    {
        if (control.Length < ControlHeader + sizeof(int)
            || MemoryMarshal.Read<int>(control[8..]) != SocketLevel
            || MemoryMarshal.Read<int>(control[12..]) != Rights)
        {
            return null;
        }

        ReadOnlySpan<int> numbers = MemoryMarshal.Cast<byte, int>(control[ControlHeader..(int)MemoryMarshal.Read<ulong>(control)]);
        foreach (int surplus in numbers[1..])
        {
            new SafeFileHandle(surplus, ownsHandle: true).Dispose();
        }

        return new SafeFileHandle(numbers[0], ownsHandle: true);
    }

    private static CriuException Failure(string reason, int errno) =>
        new($"recvmsg on the lazy pages socket failed: {reason}. The restore cannot go on; the source still has the process.", "LAZY_PAGES", errno);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial nint recvmsg(SafeHandle socket, MessageHeader* message, int flags);

    [StructLayout(LayoutKind.Sequential)]
    private unsafe struct IoVector
    {
        internal byte* Base;
        internal nuint Length;
    }

    [StructLayout(LayoutKind.Sequential)]
    private unsafe struct MessageHeader
    {
        internal void* Name;
        internal uint NameLength;
        internal IoVector* Vectors;
        internal nuint VectorCount;
        internal void* Control;
        internal nuint ControlLength;
        internal int Flags;
    }
}
