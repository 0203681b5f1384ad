using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using U2CMigration.Prediction.Blocks;
using U2CMigration.Prediction.Predictors;

namespace U2CMigration.Prediction.DataShift;

/// <summary>The probabilities of all groups of <see cref="RunOutcomes"/>, and how they get to the pages: looked up in registers, 16 pages at a time, each written once.</summary>
internal sealed class GroupValues
{
    private const int Size = 1 << RunGroups.Bits;
    private const int Words = 8;

    // Byte j of 64 stands for page j: it looks at bit j % 8 of byte j / 8 of the word.
    private static readonly Vector512<byte> Place = Bytes(static page => page / 8);
    private static readonly Vector512<byte> Mask = Bytes(static page => 1 << (page % 8));

    private readonly float[] _values = new float[PagePrediction.Horizons * Size];

    /// <summary>The probability of a group.</summary>
    public float Of(int group, int horizon) => _values[(horizon * Size) + group];

    /// <summary>Takes over what is known now.</summary>
    public void Fill(RunOutcomes outcomes)
    {
        for (int horizon = 0; horizon < PagePrediction.Horizons; horizon++)
        {
            for (int group = 0; group < RunOutcomes.Groups; group++)
            {
                _values[(horizon * Size) + group] = outcomes.Probability(group, horizon);
            }
        }
    }

    /// <summary>Gives every page of a block the probabilities of its group.</summary>
    public void Spread(in RunGroups groups, PagePrediction prediction, int block)
    {
        Span<Vector512<ulong>> planes = stackalloc Vector512<ulong>[RunGroups.Bits];
        groups.CopyTo(planes);
        ReadOnlySpan<ulong> bits = MemoryMarshal.Cast<Vector512<ulong>, ulong>(planes);
        Span<byte> numbers = stackalloc byte[Words * 64];
        for (int word = 0; word < Words; word++)
        {
            Vector512<byte> number = Vector512<byte>.Zero;
            for (int plane = 0; plane < RunGroups.Bits; plane++)
            {
                number |= Pages(bits[(plane * Words) + word]) & Vector512.Create((byte)(1 << plane));
            }

            number.CopyTo(numbers.Slice(word * 64, 64));
        }

        for (int horizon = 0; horizon < PagePrediction.Horizons; horizon++)
        {
            LookUp(numbers, _values.AsSpan(horizon * Size, Size), prediction.Probabilities(block, horizon));
        }
    }

    /// <summary>Gives some pages the probabilities of their groups, one behind the other.</summary>
    /// <param name="groups">The groups of all pages of a chunk.</param>
    /// <param name="pages">The pages, by their places in the chunk.</param>
    /// <param name="answers">Receives the probabilities.</param>
    /// <param name="at">Where the first of them goes.</param>
    public void Pick(in RunGroups groups, ReadOnlySpan<int> pages, ModelAnswers answers, int at)
    {
        Span<Vector512<ulong>> planes = stackalloc Vector512<ulong>[RunGroups.Bits];
        groups.CopyTo(planes);
        ReadOnlySpan<ulong> bits = MemoryMarshal.Cast<Vector512<ulong>, ulong>(planes);
        foreach (int page in pages)
        {
            int group = 0;
            for (int plane = 0; plane < RunGroups.Bits; plane++)
            {
                group |= (int)((bits[(plane * Words) + (page >> 6)] >> (page & 63)) & 1) << plane;
            }

            answers.Set(at++, Of(group, 0), Of(group, 1), Of(group, 2));
        }
    }

    // A byte of ones for each bit that is set.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<byte> Pages(ulong word)
    {
        Vector512<byte> spread = Avx512Vbmi.IsSupported
            ? Avx512Vbmi.PermuteVar64x8(Vector512.CreateScalarUnsafe(word).AsByte(), Place)
            : Vector512.Shuffle(Vector512.Create(word).AsByte(), Place);
        return Vector512.Equals(spread & Mask, Mask);
    }

    private static void LookUp(ReadOnlySpan<byte> numbers, ReadOnlySpan<float> table, Span<float> values)
    {
        if (!Avx512F.IsSupported)
        {
            for (int i = 0; i < numbers.Length; i++)
            {
                values[i] = table[numbers[i]];
            }

            return;
        }

        ReadOnlySpan<Vector512<float>> quarters = MemoryMarshal.Cast<float, Vector512<float>>(table);
        Vector512<float> q0 = quarters[0], q1 = quarters[1], q2 = quarters[2], q3 = quarters[3];
        ReadOnlySpan<Vector128<byte>> some = MemoryMarshal.Cast<byte, Vector128<byte>>(numbers);
        Span<Vector512<float>> result = MemoryMarshal.Cast<float, Vector512<float>>(values)[..some.Length];
        for (int i = 0; i < some.Length; i++)
        {
            Vector512<int> index = Avx512F.ConvertToVector512Int32(some[i]);
            Vector512<float> low = Avx512F.PermuteVar16x32x2(q0, index, q1);
            Vector512<float> high = Avx512F.PermuteVar16x32x2(q2, index, q3);
            result[i] = Vector512.ConditionalSelect(Vector512.GreaterThan(index, Vector512.Create(31)).AsSingle(), high, low);
        }
    }

    private static Vector512<byte> Bytes(Func<int, int> value) => Vector512.Create([.. Enumerable.Range(0, 64).Select(page => (byte)value(page))]);
}
