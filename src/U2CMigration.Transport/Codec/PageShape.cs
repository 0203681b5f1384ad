using U2CMigration.Transport.Pages;

namespace U2CMigration.Transport.Codec;

/// <summary>The kind of a page and the length of its data; two bytes on the wire.</summary>
/// <param name="Kind">How the page travels.</param>
/// <param name="Bytes">The bytes of data that travel.</param>
internal readonly record struct PageShape(PageKind Kind, int Bytes)
{
    public const int Size = 2;

    private const int KindShift = 13;

    public ushort Value => (ushort)(((int)Kind << KindShift) | Bytes);

    /// <summary>Whether a checksum travels; that of a zero page is known.</summary>
    public bool HasChecksum => Kind != PageKind.Zero;

    public static PageShape Of(ushort value) => new((PageKind)(value >> KindShift), value & ((1 << KindShift) - 1));

    /// <summary>What is wrong with it, or null.</summary>
    public string? Problem() => Kind switch
    {
        PageKind.Zero or PageKind.Unchanged or PageKind.Reference => Bytes == 0 ? null : $"{Bytes} bytes for a page of kind {Kind}",
        PageKind.Raw => Bytes == PageRun.PageBytes ? null : $"{Bytes} bytes for a whole page",
        PageKind.Compressed or PageKind.Delta => Bytes is > 0 and < PageRun.PageBytes ? null : $"{Bytes} bytes for a page of kind {Kind}",
        _ => $"page kind {(byte)Kind}",
    };
}
