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
}
