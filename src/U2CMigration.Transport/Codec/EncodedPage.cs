using U2CMigration.Transport.Pages;

namespace U2CMigration.Transport.Codec;

/// <summary>How a page is to travel.</summary>
internal ref struct EncodedPage
{
    public required PageKind Kind;

    public required ulong Checksum;

    /// <summary>The data of a compressed page or of a difference; valid until the next page is encoded.</summary>
    public ReadOnlySpan<byte> Data;

    /// <summary>What a reference refers to.</summary>
    public PageReference Reference;

    /// <summary>The bytes on the wire, without runs and frame headers.</summary>
    public readonly int WireBytes => Kind switch
    {
        PageKind.Zero => PageShape.Size,
        PageKind.Raw => PageShape.Size + sizeof(ulong) + PageRun.PageBytes,
        PageKind.Reference => PageShape.Size + sizeof(ulong) + PageReference.Size,
        _ => PageShape.Size + sizeof(ulong) + Data.Length,
    };
}
