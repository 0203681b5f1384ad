using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace U2CMigration.Criu.Interop;

/// <summary>unshare(2) of mounts, mount(2), umount2(2). Needs CAP_SYS_ADMIN.</summary>
internal static partial class Mount
{
    private const int NewMounts = 0x20000;
    private const ulong BindFlag = 0x1000;
    private const ulong Recursive = 0x4000;
    private const ulong Private = 0x40000;
    private const ulong NoSuidNoDevNoExec = 2 | 4 | 8;
    private const int DetachFlag = 2;
    private const int PathOnlyDirectory = 0x200000 | 0x10000 | 0x80000; // O_PATH | O_DIRECTORY | O_CLOEXEC on x86-64

    /// <summary>Gives the calling thread mounts of its own, which nothing else sees.</summary>
    internal static void Unshare()
    {
        Check(unshare(NewMounts), "unshare(CLONE_NEWNS)");
        Check(mount(null, "/", null, Recursive | Private, null), "making all mounts private");
    }

    /// <summary>Shows a file in place of another.</summary>
    internal static void Bind(string source, string target) => Check(mount(source, target, null, BindFlag, null), $"mounting {source} over {target}");

    /// <summary>Mounts a file system in memory.</summary>
    internal static void Memory(string target) => Check(mount("u2c-criu", target, "tmpfs", NoSuidNoDevNoExec, "mode=0700"), $"mounting a tmpfs on {target}");

    /// <summary>Takes away what was mounted last on a path.</summary>
    internal static void Detach(string target) => Check(umount2(target, DetachFlag), $"unmounting {target}");

    /// <summary>Opens a directory as a place to open others from.</summary>
    internal static SafeFileHandle OpenDirectory(string path)
    {
        SafeFileHandle handle = open(path, PathOnlyDirectory);
        Check(handle.IsInvalid ? -1 : 0, $"opening {path}");
        return handle;
    }

    private static void Check(int result, string what)
    {
        if (result != 0)
        {
            throw new IOException($"{what} failed: {Errno.Describe(Marshal.GetLastPInvokeError())}.");
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int unshare(int flags);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int mount(string? source, string target, string? type, ulong flags, string? data);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int umount2(string target, int flags);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle open(string path, int flags);
}
