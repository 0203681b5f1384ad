namespace U2CMigration.PageTracking.Trackers;

/// <summary>The ways to find written pages.</summary>
public enum TrackerKind
{
    /// <summary>The best that the kernel offers.</summary>
    Auto = 0,

    /// <summary>Asynchronous write-protection: exact, Linux 6.7, x86-64.</summary>
    WriteProtect = 1,
}
