using System.Globalization;
using System.Text.Unicode;
using Microsoft.Win32.SafeHandles;

namespace U2CMigration.Files.Interop;

/// <summary>
/// Paths of the kind <c>/proc/self/fd/N</c> and <c>/proc/self/fd/N/NAME</c>, for calls that have no variant with a directory: attributes (before Linux 6.13) and rights of what
/// cannot be opened. The last part is never followed by the calls that take it.
/// </summary>
internal static class DescriptorPath
{
    /// <summary>Room for any of them.</summary>
    internal const int Length = 32 + 256;

    /// <summary>Writes the path of a descriptor, with a zero.</summary>
    internal static void Write(Span<byte> path, SafeFileHandle descriptor) => path[Start(path, descriptor)] = 0;

    /// <summary>Writes the path of a name in a directory; the name ends with a zero.</summary>
    internal static void Write(Span<byte> path, SafeFileHandle directory, ReadOnlySpan<byte> name)
    {
        int length = Start(path, directory);
        path[length++] = (byte)'/';
        name.CopyTo(path[length..]);
    }

    private static int Start(Span<byte> path, SafeFileHandle descriptor)
    {
        Utf8.TryWrite(path, CultureInfo.InvariantCulture, $"/proc/self/fd/{descriptor.DangerousGetHandle()}", out int length);
        return length;
    }
}
