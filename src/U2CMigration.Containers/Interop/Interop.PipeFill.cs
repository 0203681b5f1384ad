using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace U2CMigration.Containers.Interop;

/// <summary>ioctl(2) FIONREAD.</summary>
internal static partial class PipeFill
{
    private const nuint BytesToRead = 0x541b;

    /// <summary>How many bytes wait in a pipe.</summary>
    /// <param name="path">A descriptor of it, below <c>/proc</c>.</param>
    /// <returns>The number; 0 for what is no pipe, or gone.</returns>
    public static int Of(string path)
    {
        if (new FileInfo(path).LinkTarget?.StartsWith("pipe:", StringComparison.Ordinal) != true)
        {
            return 0;
        }

        try
        {
            using SafeFileHandle pipe = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            return Control(pipe, BytesToRead, out int count) == 0 ? count : 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Control(SafeFileHandle descriptor, nuint request, out int count);
}
