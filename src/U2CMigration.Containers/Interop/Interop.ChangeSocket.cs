// netlink(7): news of what changes in a network namespace. Needs no privilege beyond being in it.
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace U2CMigration.Containers.Interop;

/// <summary>Hears whether something was changed in a network namespace.</summary>
internal static partial class ChangeSocket
{
    public const int Route = 0;
    public const int Netfilter = 12;

    private const int FamilyNetlink = 16;
    private const int SocketRaw = 3;
    private const int CloseOnExecNonBlocking = 0x80000 | 0x800;
    private const int LevelNetlink = 270;
    private const int AddMembership = 1;
    private const int NoMessage = 11;

    /// <summary>Opens one in the namespace of the calling thread.</summary>
    /// <param name="protocol">The part of the kernel.</param>
    /// <param name="groups">What to hear of.</param>
    public static unsafe SafeFileHandle Open(int protocol, ReadOnlySpan<int> groups)
    {
        int descriptor = OpenSocket(FamilyNetlink, SocketRaw | CloseOnExecNonBlocking, protocol);
        if (descriptor < 0)
        {
            throw new IOException($"socket(AF_NETLINK, {protocol}) failed: {Marshal.GetLastPInvokeErrorMessage()}.");
        }

        var socket = new SafeFileHandle(descriptor, ownsHandle: true);
        Span<byte> address = stackalloc byte[12];
        address.Clear();
        BinaryPrimitives.WriteUInt16LittleEndian(address, FamilyNetlink);
        fixed (byte* data = address)
        {
            if (Bind(socket, data, address.Length) != 0)
            {
                socket.Dispose();
                throw new IOException($"bind(AF_NETLINK) failed: {Marshal.GetLastPInvokeErrorMessage()}.");
            }
        }

        foreach (int group in groups)
        {
            int value = group;
            if (SetOption(socket, LevelNetlink, AddMembership, &value, sizeof(int)) != 0)
            {
                socket.Dispose();
                throw new IOException($"Changes of the network namespace cannot be heard of: {Marshal.GetLastPInvokeErrorMessage()}.");
            }
        }

        return socket;
    }

    /// <summary>Whether there was news since the last call; also where so much came that some of it was lost.</summary>
    public static unsafe bool HasNews(SafeFileHandle socket)
    {
        bool any = false;
        byte* buffer = stackalloc byte[8192];
        while (Receive(socket, buffer, 8192, 0) >= 0)
        {
            any = true;
        }

        return any || Marshal.GetLastPInvokeError() != NoMessage;
    }

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    private static partial int OpenSocket(int family, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "bind", SetLastError = true)]
    private static unsafe partial int Bind(SafeFileHandle socket, byte* address, int length);

    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    private static unsafe partial int SetOption(SafeFileHandle socket, int level, int option, void* value, int length);

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    private static unsafe partial nint Receive(SafeFileHandle socket, byte* data, nuint length, int flags);
}
