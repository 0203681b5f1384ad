namespace U2CMigration.Core.Committing;

/// <summary>What is certain of a workload on its destination.</summary>
internal enum DestinationVerdict
{
    /// <summary>Not decided yet; ask again.</summary>
    Undecided,

    /// <summary>Committed, and waits for file locks that the frozen original holds.</summary>
    WaitsForLocks,

    /// <summary>It runs there, or has run: the original must never run again.</summary>
    Runs,

    /// <summary>It does not run there and never will: the original may run.</summary>
    DoesNotRun,

    /// <summary>The answer comes from another ledger: nothing follows, and the original stays frozen.</summary>
    NotKnown,
}
