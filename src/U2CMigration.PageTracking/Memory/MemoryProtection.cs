namespace U2CMigration.PageTracking.Memory;

/// <summary>What a mapping allows; the values are those of mmap(2).</summary>
[Flags]
public enum MemoryProtection
{
    /// <summary>No access.</summary>
    None = 0,

    /// <summary>Pages may be read.</summary>
    Read = 1,

    /// <summary>Pages may be written.</summary>
    Write = 2,

    /// <summary>Pages may be executed.</summary>
    Execute = 4,
}
