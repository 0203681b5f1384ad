// open_by_handle_at(2), Linux 2.6.39. Needs CAP_DAC_READ_SEARCH.
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace U2CMigration.Core.Interop;

/// <summary>Opens files by what the kernel tells of watched ones.</summary>
internal static unsafe partial class FileHandles
{
    private const int MaxHandle = 128;
    private const int PathOnly = 0x200000;
    private const int CloseOnExec = 0x80000;
    private const int NotPermitted = 1;

    /// <summary>Whether a file can be opened by its handle; true where that may not be tried.</summary>
    /// <param name="mount">A directory on its file system.</param>
    /// <param name="type">The type of the handle.</param>
    /// <param name="handle">The handle.</param>
    public static bool CanOpen(string mount, int type, ReadOnlySpan<byte> handle)
    {
        if (handle.IsEmpty || handle.Length > MaxHandle)
        {
            return false;
        }

        int directory = open(mount, PathlessRead | CloseOnExec);
        if (directory < 0)
        {
            return true;
        }

        using var held = new SafeFileHandle(directory, ownsHandle: true);
        byte* request = stackalloc byte[8 + MaxHandle];
        var bytes = new Span<byte>(request, 8 + MaxHandle);
        BinaryPrimitives.WriteInt32LittleEndian(bytes, handle.Length);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[4..], type);
        handle.CopyTo(bytes[8..]);
        int opened = open_by_handle_at(held, request, PathOnly | CloseOnExec);
        if (opened >= 0)
        {
            new SafeFileHandle(opened, ownsHandle: true).Dispose();
            return true;
        }

        return Marshal.GetLastPInvokeError() == NotPermitted;
    }

    /// <summary>O_NONBLOCK: what is mounted may be a file of any kind, and a FIFO would wait for its other end.</summary>
    private const int PathlessRead = 0x800;

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int open_by_handle_at(SafeFileHandle mount, byte* handle, int flags);
}
