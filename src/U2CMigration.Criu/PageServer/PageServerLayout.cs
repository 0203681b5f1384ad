namespace U2CMigration.Criu.PageServer;

/// <summary>The two incompatible header layouts of the page server protocol; nothing on the wire says which one is used.</summary>
public enum PageServerLayout
{
    /// <summary>24 bytes with a 32-bit page count: CRIU 3.12 to 4.1.</summary>
    Compact = 24,

    /// <summary>32 bytes with a 64-bit page count: CRIU 4.2 and newer.</summary>
    Wide = 32,
}
