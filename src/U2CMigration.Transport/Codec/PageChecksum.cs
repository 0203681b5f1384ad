using System.IO.Hashing;

namespace U2CMigration.Transport.Pages;

/// <summary>The checksum of a page: XxHash3, 64 bits, seed 0. It finds damage, not malice: use TLS against an attacker.</summary>
public static class PageChecksum
{
    /// <summary>The checksum of a page of zero bytes.</summary>
    public static ulong Zero { get; } = XxHash3.HashToUInt64(new byte[PageRun.PageBytes]);

    /// <summary>Computes the checksum of a page.</summary>
    /// <param name="page">The bytes of the page.</param>
    public static ulong Of(ReadOnlySpan<byte> page) => XxHash3.HashToUInt64(page);
}
