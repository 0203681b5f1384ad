namespace U2CMigration.Transport.Codec;

/// <summary>What was sent last of every page, in chunks of 2 MiB. One half per cent of the memory that was sent.</summary>
internal sealed class SentPages
{
    private readonly Dictionary<(int ProcessId, ulong Start), SentChunk> _byPlace = [];
    private readonly List<SentChunk> _chunks = [];
    private readonly Stack<SentChunk> _unused = [];
    private SentChunk? _last;

    /// <summary>All chunks by their number, unused ones among them.</summary>
    public IReadOnlyList<SentChunk> Chunks => _chunks;

    /// <summary>The chunk of a page; made if there is none.</summary>
    public SentChunk For(int processId, ulong address)
    {
        ulong start = address & ~((1UL << SentChunk.Shift) - 1);

        // Pages come in runs: the chunk of the last one is nearly always the chunk of the next.
        if (_last is { } last && last.Start == start && last.ProcessId == processId)
        {
            return last;
        }

        if (!_byPlace.TryGetValue((processId, start), out SentChunk? chunk))
        {
            chunk = Unused();
            chunk.Assign(processId, start);
            _byPlace.Add((processId, start), chunk);
        }

        return _last = chunk;
    }

    /// <summary>The chunks of a process that overlap a range.</summary>
    public IEnumerable<SentChunk> Overlapping(int processId, ulong start, ulong end)
    {
        foreach (SentChunk chunk in _chunks)
        {
            if (chunk.ProcessId == processId && chunk.Start < end && chunk.AddressOf(SentChunk.Pages) > start)
            {
                yield return chunk;
            }
        }
    }

    /// <summary>Keeps a chunk, all of whose pages were forgotten, for other pages: processes come and go.</summary>
    public void Remove(SentChunk chunk)
    {
        if (_byPlace.Remove((chunk.ProcessId, chunk.Start)))
        {
            chunk.Assign(0, 0);
            _unused.Push(chunk);
            _last = null;
        }
    }

    private SentChunk Unused()
    {
        if (_unused.TryPop(out SentChunk? chunk))
        {
            return chunk;
        }

        chunk = new SentChunk(_chunks.Count);
        _chunks.Add(chunk);
        return chunk;
    }
}
