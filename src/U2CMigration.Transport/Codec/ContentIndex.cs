namespace U2CMigration.Transport.Codec;

/// <summary>Finds a page that was sent with some content. A place in the table names a page; what it says is checked against the checksums of what was sent.</summary>
internal sealed class ContentIndex(SentPages sent)
{
    private const int FirstEntries = 4096;
    private const int PageBits = 9;

    /// <summary>Places for contents that fall together: with one, a tenth of a family's memory is not found again.</summary>
    private const int Ways = 4;

    // 16 TiB; pages beyond are not found, which costs bytes and nothing else.
    private const int MaxChunks = 1 << (32 - PageBits);

    // 0 for none, else chunk and page plus 1.
    private uint[] _entries = new uint[FirstEntries];

    /// <summary>Looks for a page of which this was sent last.</summary>
    public bool TryFind(UInt128 hash, out SentChunk chunk, out int page)
    {
        foreach (uint entry in _entries.AsSpan(Place(hash, _entries.Length), Ways))
        {
            if (entry != 0)
            {
                chunk = sent.Chunks[(int)((entry - 1) >> PageBits)];
                page = (int)((entry - 1) & (SentChunk.Pages - 1));
                if (chunk.Holds(page, hash))
                {
                    return true;
                }
            }
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

    /// <summary>The first of the places where a content may be.</summary>
    private static int Place(UInt128 hash, int length) => (int)((ulong)hash & (uint)(length - 1)) & -Ways;

    private void Put(UInt128 hash, SentChunk chunk, int page)
    {
        if (chunk.Number >= MaxChunks)
        {
            return;
        }

        Span<uint> places = _entries.AsSpan(Place(hash, _entries.Length), Ways);
        int free = places.IndexOf(0u);

        // Another bit of the hash than those that chose the places.
        places[free >= 0 ? free : (int)(hash >> 64) & (Ways - 1)] = (((uint)chunk.Number << PageBits) | (uint)page) + 1;
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
