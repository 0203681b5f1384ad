using System.Runtime.InteropServices;

namespace U2CMigration.Core.Interop;

/// <summary>statfs(2) of 64-bit Linux. No privileges.</summary>
internal static unsafe partial class StatFs
{
    private const uint TypeMask = uint.MaxValue; // some kernels extend the sign

    /// <summary>The number of the type of the file system on which a file lies; 0 when it cannot be asked.</summary>
    public static long TypeOf(string path)
    {
        // struct statfs has 120 bytes; the type comes first.
        long* status = stackalloc long[16];
        return statfs(path, status) == 0 ? status[0] & TypeMask : 0;
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int statfs(string path, long* status);
}
