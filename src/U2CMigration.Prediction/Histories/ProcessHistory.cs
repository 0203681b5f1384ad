using System.Runtime.InteropServices;

namespace U2CMigration.Prediction.Histories;

/// <summary>The chunks of one process in <see cref="PageHistories"/>.</summary>
public sealed class ProcessHistory
{
    private readonly List<ulong> _starts = [];
    private readonly List<int> _chunks = [];

    internal ProcessHistory(int processId, long since)
    {
        ProcessId = processId;
        FirstSample = since;
    }

    /// <summary>The process.</summary>
    public int ProcessId { get; }

    /// <summary>The numbers of its chunks, by ascending address.</summary>
    public ReadOnlySpan<int> Chunks => CollectionsMarshal.AsSpan(_chunks);

    /// <summary>The number of the sample in which the process was first seen.</summary>
    internal long FirstSample { get; }

    /// <summary>The number of the sample in which the process was last seen.</summary>
    internal long LastSample { get; set; }

    /// <summary>The chunk that starts at an address; 0 when there is none.</summary>
    internal int Find(ulong start)
    {
        int index = _starts.BinarySearch(start);
        return index >= 0 ? _chunks[index] : 0;
    }

    internal void Insert(ulong start, int chunk)
    {
        int index = ~_starts.BinarySearch(start);
        _starts.Insert(index, start);
        _chunks.Insert(index, chunk);
    }
}
