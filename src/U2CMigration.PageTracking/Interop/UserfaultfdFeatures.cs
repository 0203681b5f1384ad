namespace U2CMigration.PageTracking.Features;

/// <summary>Features of userfaultfd (UFFD_FEATURE_*, linux/userfaultfd.h) that tracking or lazy restore make use of.</summary>
[Flags]
public enum UserfaultfdFeatures : ulong
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>Write-protect faults. Linux 5.7.</summary>
    WriteProtect = 1UL << 0,

    /// <summary>Events when the process forks. Linux 4.11.</summary>
    ForkEvents = 1UL << 1,

    /// <summary>Events when a mapping is moved. Linux 4.11.</summary>
    RemapEvents = 1UL << 2,

    /// <summary>Events when pages are discarded. Linux 4.11.</summary>
    RemoveEvents = 1UL << 3,

    /// <summary>Events when a mapping is removed. Linux 4.11.</summary>
    UnmapEvents = 1UL << 6,

    /// <summary>Protection of pages that are not populated. Linux 6.4.</summary>
    WriteProtectUnpopulated = 1UL << 13,

    /// <summary>The kernel itself resolves write-protect faults and remembers them. Linux 6.7.</summary>
    WriteProtectAsync = 1UL << 15,
}
