using Microsoft.Win32.SafeHandles;

namespace U2CMigration.PageTracking.SystemLevel;

/// <summary>A file of the kernel that is read again and again: opened once, its content made anew by each read from the beginning.</summary>
internal sealed class SystemFile : IDisposable
{
    private const int LongestBytes = 1 << 22;
    private readonly SafeFileHandle? _handle;
    private byte[] _content = new byte[4096];

    private SystemFile(SafeFileHandle? handle) => _handle = handle;

    /// <summary>Whether there is such a file, and it may be read.</summary>
    internal bool Exists => _handle is not null;

    /// <summary>Opens a file; one that does not exist or may not be read is empty for ever.</summary>
    internal static SystemFile Open(string? path)
    {
        try
        {
            return new SystemFile(path is null ? null : File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new SystemFile(null);
        }
    }

    /// <summary>The content now; valid until the next read. Empty when it can not be read (any more).</summary>
    internal ReadOnlySpan<byte> Read()
    {
        if (_handle is null)
        {
            return [];
        }

        try
        {
            int filled = 0;
            for (; ; )
            {
                int read = RandomAccess.Read(_handle, _content.AsSpan(filled), filled);
                filled += read;
                if (read == 0)
                {
                    return _content.AsSpan(0, filled);
                }

                if (filled == _content.Length)
                {
                    // The interrupts of a large machine make a long line: the buffer grows once.
                    if (filled >= LongestBytes)
                    {
                        return _content;
                    }

                    Array.Resize(ref _content, filled * 2);
                }
            }
        }
        catch (IOException)
        {
            return [];
        }
    }

    public void Dispose() => _handle?.Dispose();
}
