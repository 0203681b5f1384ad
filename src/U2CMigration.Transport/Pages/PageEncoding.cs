namespace U2CMigration.Transport.Pages;

/// <summary>How the page data of a batch is written. The numbers are part of the protocol.</summary>
internal enum PageEncoding : byte
{
    /// <summary>Zero pages by a bit, all others as they are.</summary>
    Raw = 1,

    /// <summary>Each page in the way that <see cref="PageKind"/> says; needs <see cref="Frames.ProtocolFeatures.PageCodec"/>.</summary>
    Coded = 2,
}
