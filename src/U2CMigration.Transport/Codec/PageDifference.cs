using System.Numerics;
using System.Runtime.InteropServices;
using U2CMigration.Transport.Pages;

namespace U2CMigration.Transport.Codec;

/// <summary>The difference of two versions of a page: exclusive or, so that it is applied in the same way as it is made.</summary>
internal static class PageDifference
{
    /// <summary>Turns one version into its difference from a base, or the difference back into the version.</summary>
    /// <param name="before">The base; one page.</param>
    /// <param name="page">The version or the difference; one page.</param>
    public static void Apply(ReadOnlySpan<byte> before, Span<byte> page) => Between(before, page, page);

    /// <summary>Writes the difference of two pages.</summary>
    /// <param name="before">The base; one page.</param>
    /// <param name="after">The version; one page.</param>
    /// <param name="difference">Where it goes; one page, which may be <paramref name="after"/>.</param>
    public static void Between(ReadOnlySpan<byte> before, ReadOnlySpan<byte> after, Span<byte> difference)
    {
        ReadOnlySpan<Vector<byte>> a = MemoryMarshal.Cast<byte, Vector<byte>>(before[..PageRun.PageBytes]);
        ReadOnlySpan<Vector<byte>> b = MemoryMarshal.Cast<byte, Vector<byte>>(after[..PageRun.PageBytes]);
        Span<Vector<byte>> result = MemoryMarshal.Cast<byte, Vector<byte>>(difference[..PageRun.PageBytes]);
        for (int i = 0; i < result.Length; i++)
        {
            result[i] = a[i] ^ b[i];
        }
    }
}
