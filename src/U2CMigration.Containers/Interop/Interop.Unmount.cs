using System.Runtime.InteropServices;

namespace U2CMigration.Containers.Interop;

/// <summary>umount2(2).</summary>
internal static partial class Unmount
{
    private const int Detach = 2;

    /// <summary>Takes a mount away, also one that is in use. Does nothing where there is none.</summary>
    public static void Try(string path) => _ = Call(path, Detach);

    [LibraryImport("libc", EntryPoint = "umount2", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Call(string path, int flags);
}
