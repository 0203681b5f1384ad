using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace U2CMigration.Criu.Interop;

/// <summary>sendmsg(2) and recvmsg(2) with SCM_RIGHTS, MSG_PEEK and SO_PEEK_OFF (Linux 3.4), unix(7): descriptors that wait in the queue of a stream socket, and copies of them. No privileges.</summary>
internal static unsafe partial class HeldMessages
{
    /// <summary>No message has more descriptors.</summary>
    internal const int MostDescriptors = 4;

    private const int Interrupted = 4;
    private const int SocketLevel = 1;
    private const int Rights = 1;
    private const int PeekOffset = 42;
    private const int SendBufferForced = 32;
    private const int Peek = 2;
    private const int DoNotWait = 0x40;
    private const int NoSignal = 0x4000;
    private const int CloseDescriptorOnExec = 0x40000000;
    private const int ControlHeader = 16;
    private const int ControlBytes = 64;

    /// <summary>Lets a queue become longer than the administrator's limit; without the privilege it stays as it is.</summary>
    internal static void Lengthen(SafeHandle socket, int bytes) => _ = setsockopt(socket, SocketLevel, SendBufferForced, &bytes, sizeof(int));

    /// <summary>Puts a message into the queue of the other end.</summary>
    /// <returns>False when the queue is full or no one is there.</returns>
    internal static bool TrySend(SafeHandle socket, ReadOnlySpan<byte> label, ReadOnlySpan<SafeHandle> descriptors)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(descriptors.Length, MostDescriptors);
        ulong* control = stackalloc ulong[ControlBytes / sizeof(ulong)];
        int controlLength = ControlHeader + (descriptors.Length * sizeof(int));
        control[0] = (ulong)controlLength;
        ((int*)control)[2] = SocketLevel;
        ((int*)control)[3] = Rights;
        for (int i = 0; i < descriptors.Length; i++)
        {
            ((int*)control)[4 + i] = (int)descriptors[i].DangerousGetHandle();
        }

        fixed (byte* text = label)
        {
            var vector = new IoVector { Base = text, Length = (nuint)label.Length };
            var message = new MessageHeader { Vectors = &vector, VectorCount = 1 };
            if (!descriptors.IsEmpty)
            {
                message.Control = control;
                message.ControlLength = (nuint)controlLength;
            }

            nint sent;
            while ((sent = sendmsg(socket, &message, DoNotWait | NoSignal)) < 0 && Marshal.GetLastPInvokeError() == Interrupted)
            {
            }

            return sent == label.Length;
        }
    }

    /// <summary>The next looks begin with the first message.</summary>
    internal static bool TryRewind(SafeHandle socket)
    {
        int first = 0;
        return setsockopt(socket, SocketLevel, PeekOffset, &first, sizeof(int)) == 0;
    }

    /// <summary>Copies the next message, which stays in the queue.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="label">Receives the bytes; as many as the sender has put into one message.</param>
    /// <returns>The descriptors; null when there is no further message.</returns>
    internal static IReadOnlyList<SafeFileHandle>? TryPeek(SafeHandle socket, Span<byte> label)
    {
        ulong* control = stackalloc ulong[ControlBytes / sizeof(ulong)];
        fixed (byte* text = label)
        {
            var vector = new IoVector { Base = text, Length = (nuint)label.Length };
            var message = new MessageHeader { Vectors = &vector, VectorCount = 1, Control = control, ControlLength = ControlBytes };
            nint length;
            while ((length = recvmsg(socket, &message, Peek | DoNotWait | CloseDescriptorOnExec)) < 0 && Marshal.GetLastPInvokeError() == Interrupted)
            {
            }

            var descriptors = new List<SafeFileHandle>();
            int count = length > 0 && message.ControlLength >= ControlHeader ? ((int)control[0] - ControlHeader) / sizeof(int) : 0;
            for (int i = 0; i < count; i++)
            {
                descriptors.Add(new SafeFileHandle(((int*)control)[4 + i], ownsHandle: true));
            }

            if (length == label.Length)
            {
                return descriptors;
            }

            descriptors.ForEach(static descriptor => descriptor.Dispose());
            return null;
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint sendmsg(SafeHandle socket, MessageHeader* message, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint recvmsg(SafeHandle socket, MessageHeader* message, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int setsockopt(SafeHandle socket, int level, int option, int* value, uint length);

    /// <summary>struct iovec.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct IoVector
    {
        internal byte* Base;
        internal nuint Length;
    }

    /// <summary>struct msghdr.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct MessageHeader
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
