namespace U2CMigration.Core.Filling;

/// <summary>What a holder has in its queue.</summary>
internal enum HeldKind
{
    /// <summary>Nothing but the name of the migration.</summary>
    Owner = 1,

    /// <summary>The userfaultfd of a process.</summary>
    Member = 2,

    /// <summary>The log, the store and the book.</summary>
    Memory = 3,

    /// <summary>The far end of another holder, which sees by it whether anyone else is left.</summary>
    Lifeline = 4,

    /// <summary>All that was there at the beginning is in; more may follow.</summary>
    Complete = 5,
}
