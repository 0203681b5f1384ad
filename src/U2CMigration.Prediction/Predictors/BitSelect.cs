using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace U2CMigration.Prediction.Predictors;

/// <summary>Writes values where bits say so.</summary>
internal static class BitSelect
{
    private static readonly Vector512<uint> Lanes = Vector512.Create(
        1u << 0, 1u << 1, 1u << 2, 1u << 3, 1u << 4, 1u << 5, 1u << 6, 1u << 7, 1u << 8, 1u << 9, 1u << 10, 1u << 11, 1u << 12, 1u << 13, 1u << 14, 1u << 15);

    /// <summary>Writes a value for each bit.</summary>
    /// <param name="bits">The bits.</param>
    /// <param name="clear">The value of a bit that is not set.</param>
    /// <param name="set">The value of a bit that is set.</param>
    /// <param name="values">Receives 64 values for each word.</param>
    public static void Fill(ReadOnlySpan<ulong> bits, float clear, float set, Span<float> values)
    {
        Vector512<float> no = Vector512.Create(clear);
        Vector512<float> yes = Vector512.Create(set);
        Span<Vector512<float>> vectors = MemoryMarshal.Cast<float, Vector512<float>>(values);
        for (int i = 0; i < vectors.Length; i++)
        {
            uint part = (uint)(bits[i / 4] >> (16 * (i & 3)));
            Vector512<uint> hit = Vector512.Equals(Vector512.Create(part) & Lanes, Lanes);
            vectors[i] = Vector512.ConditionalSelect(hit.AsSingle(), yes, no);
        }
    }

    /// <summary>Writes a value where a bit is set, and leaves the others.</summary>
    /// <param name="bits">The bits.</param>
    /// <param name="value">The value.</param>
    /// <param name="values">64 values for each word.</param>
    public static void Where(ReadOnlySpan<ulong> bits, float value, Span<float> values)
    {
        Vector512<float> wanted = Vector512.Create(value);
        Span<Vector512<float>> vectors = MemoryMarshal.Cast<float, Vector512<float>>(values);
        for (int word = 0; word < bits.Length; word++)
        {
            ulong rest = bits[word];
            Span<Vector512<float>> four = vectors.Slice(word * 4, 4);
            if (rest == ulong.MaxValue)
            {
                four.Fill(wanted);
            }
            else if (rest != 0)
            {
                for (int part = 0; part < 4; part++)
                {
                    Vector512<uint> hit = Vector512.Equals(Vector512.Create((uint)(rest >> (16 * part))) & Lanes, Lanes);
                    four[part] = Vector512.ConditionalSelect(hit.AsSingle(), wanted, four[part]);
                }
            }
        }
    }

    /// <summary>Copies values where a bit is set, and leaves the others.</summary>
    /// <param name="bits">The bits.</param>
    /// <param name="from">64 values for each word.</param>
    /// <param name="to">As many.</param>
    public static void Copy(ReadOnlySpan<ulong> bits, ReadOnlySpan<float> from, Span<float> to)
    {
        ReadOnlySpan<Vector512<float>> sources = MemoryMarshal.Cast<float, Vector512<float>>(from);
        Span<Vector512<float>> targets = MemoryMarshal.Cast<float, Vector512<float>>(to);
        for (int i = 0; i < targets.Length; i++)
        {
            uint part = (uint)(bits[i / 4] >> (16 * (i & 3)));
            if ((part & 0xffff) != 0)
            {
                Vector512<uint> hit = Vector512.Equals(Vector512.Create(part) & Lanes, Lanes);
                targets[i] = Vector512.ConditionalSelect(hit.AsSingle(), sources[i], targets[i]);
            }
        }
    }
}
