using System.Text;
using Microsoft.Win32.SafeHandles;
using U2CMigration.Criu.Interop;

namespace U2CMigration.Criu.Workers;

/// <summary>What a worker says before it has a log: options that it does not know, libraries that are missing.</summary>
/// <remarks>A file rather than a pipe: the worker never waits for a reader, and nothing has to read while all goes well.</remarks>
internal sealed class StandardError
{
    private const int MaxBytes = 4096;

    private readonly Lock _gate = new();
    private readonly SafeFileHandle _file = StandardErrorFile.Create();
    private string? _kept;

    internal SafeFileHandle Handle => _file;

    /// <summary>The beginning of what it has said, null for nothing. The words are wanted when the worker has ended, at a time that only the request knows.</summary>
    internal string? Read()
    {
        lock (_gate)
        {
            return _file.IsClosed ? _kept : ReadFile();
        }
    }

    /// <summary>The worker has ended: what it has said is kept, the file is not.</summary>
    internal void Keep()
    {
        lock (_gate)
        {
            if (!_file.IsClosed)
            {
                _kept = ReadFile();
                _file.Dispose();
            }
        }
    }

    private string? ReadFile()
    {
        Span<byte> bytes = stackalloc byte[MaxBytes];
        int length = RandomAccess.Read(_file, bytes, 0);
        string text = Encoding.UTF8.GetString(bytes[..length]);

        // A line that was cut says less than none.
        text = (length == MaxBytes ? text[..(text.LastIndexOf('\n') + 1)] : text).Trim();
        return text.Length == 0 ? null : text;
    }
}
