using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace U2CMigration.Core.Interop;

/// <summary>
/// open(2) and flock(2) for files whose lock says who is alive: the kernel lets go of it when the process that holds it ends, however it ends. Not by <see cref="FileStream"/>, which takes a lock of
/// its own even to read, and none where the program has switched that off.
/// </summary>
internal static unsafe partial class LockFile
{
    private const int ReadWrite = 2;
    private const int CreateFlag = 0x40;
    private const int CloseOnExec = 0x80000;
    private const int Exclusive = 2;
    private const int WithoutWaiting = 4;
    private const int Interrupted = 4;
    private const int Again = 11;
    private const uint OwnerOnly = 0x180; // 0600

    /// <summary>Opens a file, which is made if it is missing, and waits until its lock is free.</summary>
    /// <exception cref="IOException">It cannot be opened or locked.</exception>
    public static SafeFileHandle Take(string path)
    {
        SafeFileHandle file = Open(path, ReadWrite | CreateFlag) ?? throw Failed("opened", path);
        if (!Lock(file, Exclusive))
        {
            file.Dispose();
            throw Failed("locked", path);
        }

        return file;
    }

    /// <summary>Opens a file, which is made if it is missing, and takes its lock if that is free.</summary>
    /// <returns>Null where another holds it.</returns>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public static SafeFileHandle? TryTake(string path) => LockIfFree(Open(path, ReadWrite | CreateFlag) ?? throw Failed("opened", path), path);

    /// <summary>Takes the lock of a file that is there, if it is free: no one holds the file any more then.</summary>
    /// <returns>Null where another holds it, or it is gone.</returns>
    /// <exception cref="IOException">It cannot be locked.</exception>
    public static SafeFileHandle? TryTakeOver(string path) => Open(path, ReadWrite) is { } file ? LockIfFree(file, path) : null;

    private static SafeFileHandle? LockIfFree(SafeFileHandle file, string path)
    {
        if (Lock(file, Exclusive | WithoutWaiting))
        {
            return file;
        }

        int error = Marshal.GetLastPInvokeError();
        file.Dispose();
        return error == Again ? null : throw Failed("locked", path);
    }

    private static bool Lock(SafeFileHandle file, int operation)
    {
        while (flock(file, operation) != 0)
        {
            if (Marshal.GetLastPInvokeError() != Interrupted)
            {
                return false;
            }
        }

        return true;
    }

    private static SafeFileHandle? Open(string path, int flags)
    {
        int descriptor;
        fixed (byte* name = Encoding.UTF8.GetBytes(path + '\0'))
        {
            descriptor = open(name, flags | CloseOnExec, OwnerOnly);
        }

        return descriptor < 0 ? null : new SafeFileHandle(descriptor, ownsHandle: true);
    }

    private static IOException Failed(string what, string path) => new($"The file {path} cannot be {what}: {Marshal.GetLastPInvokeErrorMessage()}.");

    [LibraryImport("libc", SetLastError = true)]
    private static partial int open(byte* path, int flags, uint mode);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int flock(SafeFileHandle file, int operation);
}
