using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace U2CMigration.Criu.Interop;

/// <summary>socketpair(2) with SOCK_CLOEXEC (Linux 2.6.27). No privileges.</summary>
internal static partial class SocketPair
{
    internal const int Stream = 1;
    internal const int SequencedPacket = 5;

    private const int Unix = 1;
    private const int CloseOnExec = 0x80000;

    /// <summary>Makes a connected pair; both ends are closed on exec, so that no process started meanwhile by the host program inherits one.</summary>
    internal static unsafe (Socket Own, SafeFileHandle Peer) Create(int type)
    {
        int* ends = stackalloc int[2];
        if (socketpair(Unix, type | CloseOnExec, 0, ends) != 0)
        {
            int errno = Marshal.GetLastPInvokeError();
            throw new SocketException(errno, $"socketpair failed: {Errno.Describe(errno)}. Check the limit of open files (ulimit -n).");
        }

        var peer = new SafeFileHandle(ends[1], ownsHandle: true);
        return (new Socket(new SafeSocketHandle(ends[0], ownsHandle: true)), peer);
    }

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial int socketpair(int domain, int type, int protocol, int* ends);
}
