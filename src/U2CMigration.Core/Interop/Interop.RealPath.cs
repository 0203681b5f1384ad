// realpath(3). No privileges beyond those for the path.
using System.Runtime.InteropServices;
using System.Text;

namespace U2CMigration.Core.Interop;

/// <summary>Where a path leads to when all links in it are followed.</summary>
internal static unsafe partial class RealPath
{
    private const int MaxPath = 4096;

    /// <summary>Follows the links of a path.</summary>
    /// <returns>A path without links; null when there is nothing.</returns>
    public static string? TryOf(string path)
    {
        byte* found = stackalloc byte[MaxPath + 1];
        return realpath(path, found) == null ? null : Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(found));
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial byte* realpath(string path, byte* resolved);
}
