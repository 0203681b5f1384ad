using System.Globalization;
using System.Text;

namespace U2CMigration.Core.CarriedState.Attributes;

/// <summary>Small files of /proc/PID that are attributes of a thread or a process.</summary>
internal static class ProcText
{
    /// <summary>Reads a file without its line end; null when the thread is gone or the kernel does not have the file.</summary>
    public static string? TryRead(int threadId, string file)
    {
        try
        {
            return File.ReadAllText(PathOf(threadId, file)).TrimEnd();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Writes a file.</summary>
    /// <returns>Null: nothing to warn of.</returns>
    /// <exception cref="IOException">The kernel refuses.</exception>
    public static string? Write(int threadId, string file, string value)
    {
        try
        {
            using var handle = File.OpenHandle(PathOf(threadId, file), FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
            RandomAccess.Write(handle, Encoding.ASCII.GetBytes(value), 0);
            return null;
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException(e.Message, e);
        }
    }

    private static string PathOf(int threadId, string file) => string.Create(CultureInfo.InvariantCulture, $"/proc/{threadId}/{file}");
}
