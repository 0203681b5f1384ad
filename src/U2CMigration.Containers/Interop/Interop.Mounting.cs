// mount(2), umount2(2). Needs CAP_SYS_ADMIN.
using System.Runtime.InteropServices;

namespace U2CMigration.Containers.Interop;

/// <summary>Mounts and unmounts.</summary>
internal static partial class Mounting
{
    /// <summary>Follows no link in the last place.</summary>
    private const int UMOUNT_NOFOLLOW = 8;

    /// <summary>Unmounts.</summary>
    /// <exception cref="IOException">It is in use, or not mounted.</exception>
    internal static void Unmount(string target) => Check(umount2(target, UMOUNT_NOFOLLOW), $"{target} cannot be unmounted");

    /// <summary>Mounts an overlay.</summary>
    /// <exception cref="IOException">It cannot be mounted.</exception>
    internal static void MountOverlay(string source, string target, nuint flags, string options) => Check(mount(source, target, "overlay", flags, options), $"the overlay cannot be mounted at {target}");

    private static void Check(int result, string what)
    {
        if (result != 0)
        {
            throw new IOException($"{what} ({Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())})");
        }
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int mount(string source, string target, string type, nuint flags, string data);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int umount2(string target, int flags);
}
