// unshare(2) with CLONE_NEWNET (Linux 2.6.24), mount(2) and umount2(2). Needs CAP_SYS_ADMIN.
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace U2CMigration.Containers.Interop;

/// <summary>Makes network namespaces.</summary>
internal static partial class NewNetwork
{
    private const int NetworkFlag = 0x40000000;
    private const ulong BindFlag = 0x1000;
    private const int DetachFlag = 2;

    /// <summary>Makes one that lives as long as the handle, or what is in it.</summary>
    /// <exception cref="IOException">The kernel does not make it.</exception>
    public static SafeFileHandle Create()
    {
        SafeFileHandle? made = null;
        int error = 0;
        var thread = new Thread(() =>
        {
            // The namespace belongs to the thread, which ends here.
            if (unshare(NetworkFlag) != 0)
            {
                error = Marshal.GetLastPInvokeError();
                return;
            }

            made = File.OpenHandle("/proc/thread-self/ns/net");
        })
        { IsBackground = true, Name = "new network namespace" };
        thread.Start();
        thread.Join();
        return made ?? throw new IOException($"A network namespace cannot be made: {Marshal.GetPInvokeErrorMessage(error)}. CAP_SYS_ADMIN is needed.");
    }

    /// <summary>The path by which this process names an open namespace.</summary>
    public static string PathOf(SafeFileHandle network) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"/proc/{Environment.ProcessId}/fd/{(int)network.DangerousGetHandle()}");

    /// <summary>Gives an open namespace a name, a file over which it is mounted.</summary>
    /// <exception cref="IOException">The kernel does not take it.</exception>
    public static void Name(SafeFileHandle network, string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write).Dispose();
        if (mount(PathOf(network), path, null, BindFlag, null) != 0)
        {
            int error = Marshal.GetLastPInvokeError();
            File.Delete(path);
            throw new IOException($"The network namespace cannot be named {path}: {Marshal.GetPInvokeErrorMessage(error)}.");
        }
    }

    /// <summary>Takes the name away.</summary>
    public static void Forget(string path)
    {
        // Not mounted any more is as good.
        _ = umount2(path, DetachFlag);
        File.Delete(path);
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int unshare(int flags);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int mount(string? source, string target, string? type, ulong flags, string? data);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int umount2(string target, int flags);
}
