// socket(2), getsockopt(2), setsockopt(2), getpeername(2); SIOCGIFNAME and SIOCGIFINDEX of netdevice(7), which ask in the network namespace of the socket.
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace U2CMigration.Core.Interop;

internal static unsafe partial class SocketCalls
{
    private const nuint NameOfIndex = 0x8910;
    private const nuint IndexOfName = 0x8933;
    private const int CloseOnExec = 0x80000;
    private const int NameBytes = 16;
    private const int RequestBytes = 40; // struct ifreq

    /// <summary>Makes a socket.</summary>
    /// <returns>Null where this host has no such sockets.</returns>
    public static SafeFileHandle? TryOpen(int family, int type, int protocol)
    {
        int descriptor = socket(family, type | CloseOnExec, protocol);
        return descriptor < 0 ? null : new SafeFileHandle(descriptor, ownsHandle: true);
    }

    /// <summary>Reads an option.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="level">The level.</param>
    /// <param name="option">The option.</param>
    /// <param name="value">What is asked, where something is; then the value.</param>
    /// <param name="length">How many bytes the value has.</param>
    /// <returns>0 or the errno.</returns>
    public static int Get(SafeFileHandle socket, int level, int option, Span<byte> value, out int length)
    {
        uint bytes = (uint)value.Length;
        fixed (byte* start = value)
        {
            int result = getsockopt(socket, level, option, start, &bytes);
            length = (int)bytes;
            return result < 0 ? Marshal.GetLastPInvokeError() : 0;
        }
    }

    /// <summary>Sets an option.</summary>
    /// <returns>0 or the errno.</returns>
    public static int Set(SafeFileHandle socket, int level, int option, ReadOnlySpan<byte> value)
    {
        fixed (byte* start = value)
        {
            return setsockopt(socket, level, option, start, (uint)value.Length) < 0 ? Marshal.GetLastPInvokeError() : 0;
        }
    }

    /// <summary>Whether a socket is connected.</summary>
    public static bool HasPeer(SafeFileHandle socket, int addressBytes)
    {
        byte* address = stackalloc byte[addressBytes];
        uint length = (uint)addressBytes;
        return getpeername(socket, address, &length) == 0;
    }

    /// <summary>The name of a network device; null for none.</summary>
    public static string? DeviceName(SafeFileHandle socket, int index)
    {
        byte* request = stackalloc byte[RequestBytes];
        new Span<byte>(request, RequestBytes).Clear();
        *(int*)(request + NameBytes) = index;
        return ioctl(socket, NameOfIndex, request) < 0 ? null : Marshal.PtrToStringUTF8((nint)request);
    }

    /// <summary>The number of a network device; 0 for none.</summary>
    public static int DeviceIndex(SafeFileHandle socket, string name)
    {
        byte* request = stackalloc byte[RequestBytes];
        var bytes = new Span<byte>(request, RequestBytes);
        bytes.Clear();
        return Encoding.UTF8.GetByteCount(name) < NameBytes && Encoding.UTF8.GetBytes(name, bytes) > 0 && ioctl(socket, IndexOfName, request) >= 0 ? *(int*)(request + NameBytes) : 0;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int socket(int family, int type, int protocol);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int getsockopt(SafeFileHandle socket, int level, int option, byte* value, uint* length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int setsockopt(SafeFileHandle socket, int level, int option, byte* value, uint length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int getpeername(SafeFileHandle socket, byte* address, uint* length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int ioctl(SafeFileHandle socket, nuint request, byte* argument);
}
