namespace U2CMigration.Transport.Codec;

/// <summary>Finds a page that was sent with some content. A place in the table names the page that came last; what it says is checked against the checksums of what was sent.</summary>
internal sealed class ContentIndex(SentPages sent)
{
    private const int FirstEntries = 4096;
    private const int PageBits = 9;

    // 16 TiB; pages beyond are not found, which costs bytes and nothing else.
    private const int MaxChunks = 1 << (32 - PageBits);

    // 0 for none, else chunk and page plus 1.
    private uint[] _entries = new uint[FirstEntries];

    /// <summary>Looks for a page of which this was sent last.</summary>
    public bool TryFind(UInt128 hash, out SentChunk chunk, out int page)
    {
        uint entry = _entries[Place(hash, _entries.Length)];
        if (entry != 0)
        {
            chunk = sent.Chunks[(int)((entry - 1) >> PageBits)];
            page = (int)((entry - 1) & (SentChunk.Pages - 1));
            return chunk.Holds(page, hash);
        }

        (chunk, page) = (null!, 0);
        return false;
    }

    /// <summary>Notes that a page was sent.</summary>
    public void Add(UInt128 hash, SentChunk chunk, int page)
    {
        if (sent.Chunks.Count > _entries.Length / (2 * SentChunk.Pages) && _entries.Length < 1 << 30)
        {
            Grow();
        }

        Put(hash, chunk, page);
    }

    private static int Place(UInt128 hash, int length) => (int)((ulong)hash & (uint)(length - 1));

    private void Put(UInt128 hash, SentChunk chunk, int page)
    {
        if (chunk.Number < MaxChunks)
        {
            _entries[Place(hash, _entries.Length)] = (((uint)chunk.Number << PageBits) | (uint)page) + 1;
        }
    }

    private void Grow()
    {
        _entries = new uint[_entries.Length * 2];
        foreach (SentChunk chunk in sent.Chunks)
        {
            for (int page = 0; page < SentChunk.Pages; page++)
            {
                if (chunk.IsKnown(page))
                {
                    Put(chunk.HashOf(page), chunk, page);
                }
            }
        }
    }
}
