namespace U2CMigration.Files.Walking;

/// <summary>Hashes of a file's blocks as the destination has them; a hole has none. Large holes take no memory.</summary>
internal sealed class BlockHashes
{
    /// <summary>What is compared and sent at once.</summary>
    public const int BlockBytes = 64 << 10;

    private const int GroupBlocks = 256;

    private UInt128[]?[] _groups = [];

    /// <summary>The hash of a block; 0 for a hole.</summary>
    public UInt128 this[long block]
    {
        get => block / GroupBlocks < _groups.Length && _groups[block / GroupBlocks] is { } group ? group[block % GroupBlocks] : 0;
        set
        {
            int index = checked((int)(block / GroupBlocks));
            if (index >= _groups.Length)
            {
                Array.Resize(ref _groups, Math.Max(index + 1, Math.Min(_groups.Length * 2, index + 1024)));
            }

            (_groups[index] ??= new UInt128[GroupBlocks])[block % GroupBlocks] = value;
        }
    }

    /// <summary>Forgets a range of blocks, which are a hole now.</summary>
    /// <param name="from">The first.</param>
    /// <param name="to">The one after the last; those after the end of the file too.</param>
    /// <returns>Whether any of them was known to hold data.</returns>
    public bool Forget(long from, long to)
    {
        bool had = false;
        to = Math.Min(to, (long)_groups.Length * GroupBlocks);
        for (long block = from; block < to;)
        {
            int index = (int)(block / GroupBlocks);
            int start = (int)(block % GroupBlocks);
            int end = (int)Math.Min(GroupBlocks, start + to - block);
            block += end - start;
            if (_groups[index] is not { } group)
            {
                continue;
            }

            Span<UInt128> part = group.AsSpan(start, end - start);
            had |= part.ContainsAnyExcept(UInt128.Zero);
            part.Clear();
            if (part.Length == GroupBlocks)
            {
                _groups[index] = null;
            }
        }

        return had;
    }
}
