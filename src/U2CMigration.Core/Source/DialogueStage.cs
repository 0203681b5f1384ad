namespace U2CMigration.Core.Source;

/// <summary>What a source has asked of its destination so far, and so what may be answered.</summary>
internal enum DialogueStage
{
    /// <summary>The offer is sent, or about to be.</summary>
    Offered,

    /// <summary>The offer was taken: rounds of pages, and images.</summary>
    Copying,

    /// <summary>Everything is sent: the destination restores.</summary>
    Restoring,

    /// <summary>The destination holds the restored workload, and waits for the commit.</summary>
    Held,

    /// <summary>The commit is sent.</summary>
    Committed,

    /// <summary>The workload runs at the destination.</summary>
    Released,
}
