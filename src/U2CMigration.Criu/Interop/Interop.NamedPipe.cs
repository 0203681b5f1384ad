using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace U2CMigration.Criu.Interop;

/// <summary>mkfifo(3), open(2), access(2). No privileges.</summary>
internal static partial class NamedPipe
{
    private const uint OwnerOnly = 0x180; // 0600
    private const int ReadWrite = 2;
    private const int CloseOnExec = 0x80000;
    private const int Executable = 1;

    /// <summary>Makes a named pipe for root alone.</summary>
    internal static void Make(string path)
    {
        if (mkfifo(path, OwnerOnly) != 0)
        {
            throw new IOException($"The named pipe '{path}' cannot be made: {Errno.Describe(Marshal.GetLastPInvokeError())}.");
        }
    }

    /// <summary>Opens both ends, which waits for no one.</summary>
    internal static FileStream Open(string path)
    {
        SafeFileHandle handle = open(path, ReadWrite | CloseOnExec);
        return handle.IsInvalid
            ? throw new IOException($"The named pipe '{path}' cannot be opened: {Errno.Describe(Marshal.GetLastPInvokeError())}.")
            : new FileStream(handle, FileAccess.ReadWrite, bufferSize: 0);
    }

    /// <summary>Writes a line; as long as it is short it is written in one piece.</summary>
    internal static void Write(FileStream pipe, string line) => pipe.Write(Encoding.ASCII.GetBytes(line + "\n"));

    /// <summary>Whether a file may be executed where it is: also as root not on a file system that is mounted with noexec.</summary>
    internal static bool MayExecute(string path) => access(path, Executable) == 0;

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int mkfifo(string path, uint mode);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle open(string path, int flags);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int access(string path, int mode);
}
