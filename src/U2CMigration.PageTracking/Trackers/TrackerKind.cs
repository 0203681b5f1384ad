namespace U2CMigration.PageTracking.Trackers;

/// <summary>The ways to find dirty pages.</summary>
public enum TrackerKind
{
    /// <summary>The best that the kernel offers.</summary>
    Auto,

    /// <summary>userfaultfd write protection without a handler (kernel 6.7).</summary>
    WriteProtect,
}
