namespace U2CMigration.PageTracking.Trackers;

/// <summary>The ways to find written pages.</summary>
public enum TrackerKind
{
    /// <summary>The best that the kernel offers: write-protection, else soft-dirty bits, else hashing. Each process by itself: one that can not be entered for write-protection is tracked in the next best way.</summary>
    Auto = 0,

    /// <summary>Asynchronous write-protection: exact, Linux 6.7, x86-64.</summary>
    WriteProtect = 1,

    /// <summary>Soft-dirty bits: Linux 3.11 with CONFIG_MEM_SOFT_DIRTY. Stops each process for the time of reading and clearing its bits.</summary>
    SoftDirty = 2,

    /// <summary>Hashing of all memory: every kernel, at a price that grows with memory.</summary>
    ContentHash = 3,
}
