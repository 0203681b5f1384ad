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
    private const int Credentials = 2;
    private const int CloseDescriptorOnExec = 0x40000000;
    private const int DoNotWait = 0x40;
    private const int ControlTruncated = 8;
    private const int ControlHeader = 16;
    private const int ControlBytes = 64;

    /// <summary>Receives bytes and at most one descriptor without waiting.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="buffer">Receives the bytes.</param>
    /// <param name="descriptor">The descriptor; null when none came.</param>
    /// <param name="sender">The process that sent them, as numbered here; 0 when the kernel was not asked to say (SO_PASSCRED).</param>
    /// <returns>The number of bytes; 0 when the peer has closed; -1 when nothing is there.</returns>
    /// <exception cref="CriuException">The socket failed, or more descriptors came than one.</exception>
    internal static unsafe int Receive(SafeHandle socket, Span<byte> buffer, out SafeFileHandle? descriptor, out int sender)
    {
        descriptor = null;
        sender = 0;
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

            descriptor = TakeDescriptor(new ReadOnlySpan<byte>(control, (int)header.ControlLength), out sender);
            if ((header.Flags & ControlTruncated) != 0)
            {
                descriptor?.Dispose();
                throw Failure("more descriptors came than the protocol has", 0);
            }

            return (int)length;
        }
    }

    /// <summary>The first descriptor of control messages, and the process that sent them; null and 0 when they carry none.</summary>
    internal static SafeFileHandle? TakeDescriptor(ReadOnlySpan<byte> control, out int sender)
    {
        SafeFileHandle? taken = null;
        sender = 0;
        while (control.Length >= ControlHeader + sizeof(int))
        {
            int length = (int)MemoryMarshal.Read<ulong>(control);
            ReadOnlySpan<byte> data = control[ControlHeader..length];
            if (MemoryMarshal.Read<int>(control[8..]) == SocketLevel)
            {
                switch (MemoryMarshal.Read<int>(control[12..]))
                {
                    case Credentials:
                        sender = MemoryMarshal.Read<int>(data);
                        break;
                    case Rights:
                        taken = TakeFirst(MemoryMarshal.Cast<byte, int>(data), taken);
                        break;
                }
            }

            control = control[Math.Min(control.Length, (length + sizeof(ulong) - 1) & -sizeof(ulong))..];
        }

        return taken;
    }

    private static SafeFileHandle? TakeFirst(ReadOnlySpan<int> numbers, SafeFileHandle? taken)
    {
        foreach (int number in numbers)
        {
            var descriptor = new SafeFileHandle(number, ownsHandle: true);
            if (taken is null)
            {
                taken = descriptor;
            }
            else
            {
                descriptor.Dispose();
            }
        }

        return taken;
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
