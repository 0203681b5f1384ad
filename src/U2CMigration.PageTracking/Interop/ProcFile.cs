using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace U2CMigration.PageTracking.Interop;

/// <summary>Opens files under /proc/PID.</summary>
internal static class ProcFile
{
    /// <exception cref="PageTrackingException">The process is gone, or may not be looked into.</exception>
    internal static SafeFileHandle Open(int processId, string name) => Open(processId, name, FileAccess.Read);

    /// <inheritdoc cref="Open(int, string)"/>
    internal static SafeFileHandle OpenToWrite(int processId, string name) => Open(processId, name, FileAccess.Write);

    /// <summary>Writes a whole value. Nothing happens when the process is gone.</summary>
    internal static void Write(SafeFileHandle file, int processId, ReadOnlySpan<byte> value)
    {
        try
        {
            RandomAccess.Write(file, value, 0);
        }
        catch (IOException e) when (IsNoSuchProcess(e))
        {
        }
        catch (IOException e)
        {
            throw new PageTrackingException($"A file of /proc/{processId} can not be written: {e.Message} The process runs on unharmed.", e.HResult, e);
        }
    }

    private static SafeFileHandle Open(int processId, string name, FileAccess access)
    {
        string path = string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/{name}");
        try
        {
            return File.OpenHandle(path, FileMode.Open, access, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException || IsNoSuchProcess(e))
        {
            throw SystemCallFailure.Ended(processId);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new PageTrackingException(
                $"{path} may not be opened. Run as root or with CAP_SYS_PTRACE, in the user namespace of the process or above it. The process runs on unharmed.",
                Errno.EACCES,
                e);
        }
    }

    /// <summary>Reads a whole small file; empty when the process is gone.</summary>
    internal static ReadOnlySpan<byte> ReadSmall(int processId, string name, byte[] buffer) =>
        ReadSmall(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/{name}"), buffer);

    /// <summary>Reads a whole small file; empty when it is gone.</summary>
    internal static ReadOnlySpan<byte> ReadSmall(string path, byte[] buffer)
    {
        try
        {
            using SafeFileHandle file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            int filled = 0;
            while (filled < buffer.Length)
            {
                int read = Read(file, buffer.AsSpan(filled), filled);
                if (read == 0)
                {
                    break;
                }

                filled += read;
            }

            return buffer.AsSpan(0, filled);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException || IsNoSuchProcess(e))
        {
            return [];
        }
    }

    /// <summary>Reads a piece; nothing when the process is gone.</summary>
    internal static int Read(SafeFileHandle file, Span<byte> buffer, long offset)
    {
        try
        {
            return RandomAccess.Read(file, buffer, offset);
        }
        catch (IOException e) when (IsNoSuchProcess(e))
        {
            return 0;
        }
    }

    // Reading a file of a process that ended after the open answers ESRCH, which .NET knows only as a number.
    private static bool IsNoSuchProcess(Exception e) => e is IOException && e.HResult == Errno.ESRCH;
}
