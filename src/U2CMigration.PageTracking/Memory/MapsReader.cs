using System.Globalization;
using Microsoft.Win32.SafeHandles;
using U2CMigration.PageTracking.Interop;

namespace U2CMigration.PageTracking.Memory;

/// <summary>Reads /proc/PID/maps piece by piece into one buffer that is used again. Not safe for concurrent use.</summary>
/// <remarks>An open file belongs to the address space that the process had then: after an exec or the end of the process it reads as empty.</remarks>
public sealed class MapsReader : IDisposable
{
    // The kernel returns at most one of its own buffers a call (a page); a path has at most 4096 bytes, escaped at most four times as many.
    private readonly byte[] _buffer = new byte[32768];
    private readonly SafeFileHandle _file;
    private readonly int _processId;
    private long _offset;
    private int _lineStart;
    private int _filled;

    internal MapsReader(SafeFileHandle file, int processId)
    {
        _file = file;
        _processId = processId;
    }

    internal SafeFileHandle File => _file;

    /// <summary>Opens the map of a process.</summary>
    /// <param name="processId">The process.</param>
    /// <exception cref="PageTrackingException">The process is gone, or may not be looked into.</exception>
    public static MapsReader Open(int processId) => new(ProcFile.Open(processId, "maps"), processId);

    /// <summary>All mappings of a process, in ascending order.</summary>
    /// <param name="processId">The process.</param>
    /// <exception cref="PageTrackingException">The process is gone, or may not be looked into.</exception>
    public static IReadOnlyList<VirtualMemoryArea> ReadAll(int processId)
    {
        using MapsReader reader = Open(processId);
        List<VirtualMemoryArea> areas = [];
        while (reader.TryRead(out MapsLine line))
        {
            areas.Add(line.TryMaterialize(out VirtualMemoryArea? area) ? area : throw reader.Malformed());
        }

        return areas;
    }

    /// <summary>Starts again at the first mapping.</summary>
    public void Rewind() => _offset = _lineStart = _filled = 0;

    /// <summary>Reads the next mapping.</summary>
    /// <param name="line">The mapping; valid until the next call.</param>
    /// <returns>False behind the last mapping.</returns>
    /// <exception cref="PageTrackingException">A line does not have the known form.</exception>
    public bool TryRead(out MapsLine line)
    {
        while (true)
        {
            ReadOnlySpan<byte> rest = _buffer.AsSpan(_lineStart, _filled - _lineStart);
            int length = rest.IndexOf((byte)'\n');
            if (length >= 0)
            {
                _lineStart += length + 1;
                return MapsLine.TryParse(rest[..length], out line) ? true : throw Malformed();
            }

            rest.CopyTo(_buffer);
            _filled = rest.Length;
            _lineStart = 0;
            int read = _filled == _buffer.Length ? throw Malformed() : ProcFile.Read(_file, _buffer.AsSpan(_filled), _offset);
            if (read == 0)
            {
                line = default;
                return _filled == 0 ? false : throw Malformed();
            }

            _offset += read;
            _filled += read;
        }
    }

    /// <summary>A second reader of the same process, with a position of its own.</summary>
    internal MapsReader Reopen() => Open(_processId);

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private PageTrackingException Malformed() => new(string.Create(
        CultureInfo.InvariantCulture,
        $"/proc/{_processId}/maps has a line of an unknown form. The process runs on unharmed; a newer version of this library may know the format."));
}
