namespace U2CMigration.Transport.Messages;

/// <summary>What a destination knows about a migration. States only go forward; <see cref="Resumed"/> and <see cref="Aborted"/> are final.</summary>
public enum MigrationState : byte
{
    /// <summary>The destination does not know, so that nothing follows from it.</summary>
    Unknown = 0,

    /// <summary>Pages or images arrive; nothing is complete.</summary>
    Receiving = 1,

    /// <summary>Complete and frozen before its first instruction; not committed.</summary>
    Restored = 2,

    /// <summary>The commit was received, and the source has to end the frozen original to free its file locks; resumed after that.</summary>
    Committed = 3,

    /// <summary>Runs here, or has run here.</summary>
    Resumed = 4,

    /// <summary>Given up; nothing of it runs here, or ever will.</summary>
    Aborted = 5,
}
