namespace U2CMigration.Core.Tests.Committing.Simulation;

/// <summary>Defects that were in the protocol once; each has to be found by the schedules.</summary>
public enum Defect
{
    None,

    /// <summary>What another ledger does not know counts as not running.</summary>
    UnknownIsTakenForGone,

    /// <summary>An offer with the id of an earlier migration is taken again, and overwrites what is known of that.</summary>
    IdentityIsUsedTwice,

    /// <summary>The end of CRIU while it lets the tasks run is taken for their end.</summary>
    DeathOfCriuIsTakenForTheirEnd,

    /// <summary>The commit is accepted while CRIU is still needed.</summary>
    CommitBeforeTheRestoreIsComplete,

    /// <summary>The source writes down nothing before it commits.</summary>
    NoJournal,

    /// <summary>The source sends the commit, and writes down afterwards that it has.</summary>
    JournalAfterCommit,

    /// <summary>The destination lets the workload run, and writes down afterwards that it does.</summary>
    ThawBeforeRecord,

    /// <summary>A receiver that starts leaves alone what another one has restored.</summary>
    NoRecovery,

    /// <summary>A question gives up a migration without a look whether it is committed.</summary>
    AbortThoughCommitted,
}
