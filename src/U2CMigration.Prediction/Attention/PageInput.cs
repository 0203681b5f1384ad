using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace U2CMigration.Prediction.Attention;

/// <summary>All that the model sees of one page and its neighbours, in whole numbers: equal inputs have equal outputs and are evaluated once.</summary>
/// <remarks>Exactly one cache line. Bit or nibble 0 of every field belongs to the newest sample.</remarks>
[StructLayout(LayoutKind.Sequential, Size = 64)]
internal struct PageInput : IEquatable<PageInput>
{
    /// <summary>How many samples the attention looks back.</summary>
    public const int Window = 32;

    /// <summary>The most that <see cref="Wide"/> gives.</summary>
    public const int WideLevels = 7;

    /// <summary>Written or not in the last 64 samples.</summary>
    public ulong Dirty;

    /// <summary>How many of the 64 pages around were written, as a level of 4 bits: samples 0 to 15.</summary>
    public ulong WideNew;

    /// <summary>Samples 16 to 31 of the same.</summary>
    public ulong WideOld;

    /// <summary>Accessed or not.</summary>
    public uint Accessed;

    /// <summary>How many of the 4 pages below were written, from 0 to 4: bit 0 of the numbers of all samples.</summary>
    public uint Left0;

    /// <summary>Bit 1 of the same numbers.</summary>
    public uint Left1;

    /// <summary>Bit 2 of the same numbers.</summary>
    public uint Left2;

    /// <summary>How many of the 4 pages above were written: bit 0 of the numbers of all samples.</summary>
    public uint Right0;

    /// <summary>Bit 1 of the same numbers.</summary>
    public uint Right1;

    /// <summary>Bit 2 of the same numbers.</summary>
    public uint Right2;

    /// <summary>Levels of the 64 pages before (nibbles 0 to 2: samples 0 to 2) and of those behind (nibbles 3 to 5).</summary>
    public uint Beside;

    /// <summary>How many of the samples say something about the page.</summary>
    public uint Samples;

    /// <summary>The number of pages of 4 below that were written in a sample.</summary>
    public readonly int Left(int age) => (int)(((Left0 >> age) & 1) | (((Left1 >> age) & 1) << 1) | (((Left2 >> age) & 1) << 2));

    /// <summary>The number of pages of 4 above that were written in a sample.</summary>
    public readonly int Right(int age) => (int)(((Right0 >> age) & 1) | (((Right1 >> age) & 1) << 1) | (((Right2 >> age) & 1) << 2));

    /// <summary>The level of the 64 pages around in a sample.</summary>
    public readonly int Wide(int age) => (int)((age < 16 ? WideNew >> (4 * age) : WideOld >> (4 * (age - 16))) & 15);

    /// <summary>Whether both would get the same prediction in the same round.</summary>
    public readonly bool Equals(PageInput other) => Whole(in this) == Whole(in other);

    /// <inheritdoc/>
    public override readonly bool Equals(object? obj) => obj is PageInput other && Equals(other);

    /// <inheritdoc/>
    public override readonly int GetHashCode()
    {
        // Field by field: what was written in halves the processor could not read as a whole before it reached the cache.
        ulong hash = Product(Dirty ^ 0x9E3779B97F4A7C15, Pair(Accessed, Samples) ^ 0xC2B2AE3D27D4EB4F)
            ^ BitOperations.RotateLeft(Product(WideNew ^ 0xD6E8FEB86659FD93, WideOld ^ 0xA0761D6478BD642F), 17)
            ^ BitOperations.RotateLeft(Product(Pair(Left0, Right0) ^ 0xE7037ED1A0B428DB, Pair(Left1, Right1) ^ 0x8EBC6AF09C88C6E3), 31)
            ^ BitOperations.RotateLeft(Product(Pair(Left2, Right2) ^ 0x589965CC75374CC3, Beside ^ 0x1D8E4E27C47D124Ful), 47);
        return (int)(hash ^ (hash >> 32));
    }

    // None of these products waits for another.
    private static ulong Product(ulong one, ulong other) => Math.BigMul(one, other, out ulong low) ^ low;

    private static ulong Pair(uint low, uint high) => low | ((ulong)high << 32);

    private static Vector512<byte> Whole(in PageInput input) => Unsafe.As<PageInput, Vector512<byte>>(ref Unsafe.AsRef(in input));
}
