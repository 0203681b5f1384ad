using System.IO.Hashing;
using U2CMigration.Transport.Pages;

namespace U2CMigration.Transport.Codec;

/// <summary>
/// What tells two contents apart on the source: XxHash3, 128 bits. A page that is not sent because of an equal checksum can not be checked at the destination, so
/// 64 bits are too few; its lower half is the <see cref="PageChecksum"/> of the page, so that one pass over the page gives both.
/// </summary>
internal static class PageHash
{
    public static UInt128 Zero { get; } = Of(new byte[PageRun.PageBytes]);

    public static UInt128 Of(ReadOnlySpan<byte> page) => XxHash128.HashToUInt128(page);

    public static ulong Checksum(UInt128 hash) => (ulong)hash;
}
