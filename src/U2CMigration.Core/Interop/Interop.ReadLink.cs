// readlink(2) and getxattr(2) for the descriptors of other processes: there may be thousands, so nothing is allocated for a link that nobody asks for.
using System.Runtime.InteropServices;
using System.Text;

namespace U2CMigration.Core.Interop;

/// <summary>What a descriptor of a process leads to.</summary>
internal static unsafe partial class DescriptorLink
{
    private const int MaxPath = 64;

    /// <summary>Reads the link <c>/proc/PID/fd/N</c>.</summary>
    /// <returns>Its target within the buffer; empty when the descriptor is closed.</returns>
    public static ReadOnlySpan<byte> Read(int processId, int descriptor, Span<byte> buffer)
    {
        byte* path = stackalloc byte[MaxPath];
        Write(path, processId, descriptor);
        fixed (byte* target = buffer)
        {
            nint length = readlink(path, target, (nuint)buffer.Length);
            return length <= 0 ? [] : buffer[..(int)length];
        }
    }

    /// <summary>The protocol of a socket, as the kernel names it: <c>TCP</c>, <c>UNIX-STREAM</c>, <c>MPTCP</c>.</summary>
    /// <returns>Empty when it is no socket or not there any more.</returns>
    public static string ProtocolOf(int processId, int descriptor)
    {
        byte* path = stackalloc byte[MaxPath];
        byte* value = stackalloc byte[MaxPath];
        Write(path, processId, descriptor);
        fixed (byte* name = "system.sockprotoname\0"u8)
        {
            nint length = getxattr(path, name, value, MaxPath);
            return length <= 0 ? string.Empty : Encoding.ASCII.GetString(value, (int)length).TrimEnd('\0');
        }
    }

    private static void Write(byte* path, int processId, int descriptor)
    {
        var text = new Span<byte>(path, MaxPath);
        System.Text.Unicode.Utf8.TryWrite(text, System.Globalization.CultureInfo.InvariantCulture, $"/proc/{processId}/fd/{descriptor}\0", out _);
    }

    [LibraryImport("libc")]
    private static partial nint readlink(byte* path, byte* target, nuint length);

    [LibraryImport("libc")]
    private static partial nint getxattr(byte* path, byte* name, byte* value, nuint length);
}
