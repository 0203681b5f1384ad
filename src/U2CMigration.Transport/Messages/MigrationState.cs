namespace U2CMigration.Transport.Messages;

/// <summary>What a destination knows about a migration.</summary>
public enum MigrationState : byte
{
    /// <summary>Never heard of, or forgotten: nothing of it runs here.</summary>
    Unknown = 0,

    /// <summary>Pages or images arrive; nothing was restored.</summary>
    Receiving = 1,

    /// <summary>Restored and held; not committed.</summary>
    Restored = 2,

    /// <summary>The commit was received; being resumed.</summary>
    Committed = 3,

    /// <summary>Runs here.</summary>
    Resumed = 4,

    /// <summary>Given up; nothing of it runs here.</summary>
    Aborted = 5,
}
