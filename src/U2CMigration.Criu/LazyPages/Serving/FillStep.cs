namespace U2CMigration.Criu.LazyPages.Serving;

/// <summary>What came of one step of filling.</summary>
internal enum FillStep
{
    /// <summary>Something was done; there may be more.</summary>
    Progress,

    /// <summary>The kernel wants an event read first, or CRIU has not registered the memory yet.</summary>
    Blocked,

    /// <summary>There is nothing to do.</summary>
    Idle,
}
