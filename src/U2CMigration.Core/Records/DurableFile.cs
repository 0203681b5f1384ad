using U2CMigration.Core.Interop;

namespace U2CMigration.Core.Records;

/// <summary>Writes small files that are there as a whole, or as they were before, after a crash of this program or of the host.</summary>
internal static class DurableFile
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Writes one. On a tmpfs that costs some 20 µs.</summary>
    /// <exception cref="IOException">It cannot be written; what was there before still is.</exception>
    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        string next = path + ".new";
        try
        {
            using (var file = new FileStream(next, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0))
            {
                if (OperatingSystem.IsLinux())
                {
                    File.SetUnixFileMode(file.SafeFileHandle, Private);
                }

                file.Write(content);
                file.Flush(flushToDisk: true);
            }

            File.Move(next, path, overwrite: true);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException(e.Message, e);
        }

        // The new name counts from the rename on: that it cannot be flushed is no reason to say the contrary of what a reader finds.
        DirectoryFlush.TryRun(Path.GetDirectoryName(path)!);
    }
}
