namespace U2CMigration.Transport.Messages;

/// <summary>How the source wants the migration done.</summary>
[Flags]
public enum OfferOptions : byte
{
    /// <summary>Plain restore, nothing compared.</summary>
    None = 0,

    /// <summary>The images come without memory; the destination restores lazily from its page store.</summary>
    Lazy = 1,

    /// <summary>Before the source is released, every page is compared by checksum.</summary>
    Verify = 2,
}
