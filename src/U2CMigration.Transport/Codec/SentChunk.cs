namespace U2CMigration.Transport.Codec;

/// <summary>What was sent last of the 512 pages in one 2 MiB of a process: 16 bytes of checksum and 4 for the place of the base.</summary>
internal sealed class SentChunk(int number)
{
    public const int Pages = 512;
    public const int Shift = 21;

    private readonly UInt128[] _hashes = new UInt128[Pages];
    private readonly ulong[] _known = new ulong[Pages / 64];

    // 0 for none, so that a new array says so.
    private readonly int[] _bases = new int[Pages];

    /// <summary>Its place in the list of all chunks; stays the same when the chunk is used again for other pages.</summary>
    public int Number { get; } = number;

    public int ProcessId { get; private set; }

    /// <summary>The address of the first page.</summary>
    public ulong Start { get; private set; }

    public static int PageOf(ulong address) => (int)(address >> 12) & (Pages - 1);

    /// <summary>Gives it to other pages; none of them is known.</summary>
    public void Assign(int processId, ulong start)
    {
        ProcessId = processId;
        Start = start;
        Array.Clear(_known);
        Array.Clear(_bases);
    }

    public ulong AddressOf(int page) => Start + ((ulong)page << 12);

    /// <summary>Whether the page was sent.</summary>
    public bool IsKnown(int page) => (_known[page >> 6] >> (page & 63) & 1) != 0;

    /// <summary>Whether the page was sent last with this content.</summary>
    public bool Holds(int page, UInt128 hash) => IsKnown(page) && _hashes[page] == hash;

    public UInt128 HashOf(int page) => _hashes[page];

    public void Set(int page, UInt128 hash)
    {
        _hashes[page] = hash;
        _known[page >> 6] |= 1UL << (page & 63);
    }

    public void Forget(int page) => _known[page >> 6] &= ~(1UL << (page & 63));

    /// <summary>The slot of the base; negative for none.</summary>
    public int BaseOf(int page) => _bases[page] - 1;

    public void SetBase(int page, int slot) => _bases[page] = slot + 1;
}
