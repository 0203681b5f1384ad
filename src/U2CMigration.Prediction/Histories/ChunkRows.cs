using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace U2CMigration.Prediction.Histories;

/// <summary>The samples of one chunk as vectors of one bit a page, for loops over many of them.</summary>
/// <param name="bits">All rows of the chunk, a ring.</param>
/// <param name="newest">The row of the newest sample.</param>
internal readonly ref struct ChunkRows(ReadOnlySpan<ulong> bits, int newest)
{
    private readonly ref ulong _first = ref MemoryMarshal.GetReference(bits[..(PageHistories.Depth * PageHistories.ChunkWords)]);

    /// <summary>The pages written in a sample.</summary>
    /// <param name="age">0 for the newest sample; behind the oldest one the ring begins again.</param>
    public Vector512<ulong> this[int age]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector512.LoadUnsafe(ref _first, (nuint)(((newest - age) & (PageHistories.Depth - 1)) * PageHistories.ChunkWords));
    }
}
