namespace U2CMigration.Transport.Pages;

/// <summary>How one page travels in a coded batch. The numbers are part of the protocol.</summary>
public enum PageKind : byte
{
    /// <summary>Full of zero bytes; nothing follows.</summary>
    Zero = 0,

    /// <summary>As it is.</summary>
    Raw = 1,

    /// <summary>Written again, but with the content that the destination holds; only the checksum travels.</summary>
    Unchanged = 2,

    /// <summary>The content of another page that the destination holds.</summary>
    Reference = 3,

    /// <summary>Compressed by itself.</summary>
    Compressed = 4,

    /// <summary>The difference from the version that the destination holds, compressed.</summary>
    Delta = 5,
}
