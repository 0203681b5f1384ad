namespace U2CMigration.Transport.Messages;

/// <summary>Why a migration was given up.</summary>
/// <remarks>A number not listed here may be received from a newer peer; treat it as <see cref="Other"/>.</remarks>
public enum AbortCode : ushort
{
    /// <summary>See the sentence.</summary>
    Other = 0,

    /// <summary>The caller cancelled.</summary>
    Cancelled = 1,

    /// <summary>A limit on time was reached.</summary>
    Timeout = 2,

    /// <summary>Tracking, reading, freezing or dumping failed.</summary>
    SourceFailed = 3,

    /// <summary>Something failed at the destination before the restore.</summary>
    DestinationFailed = 4,

    /// <summary>CRIU could not restore.</summary>
    RestoreFailed = 5,

    /// <summary>After the commit: the restored tree could not be resumed and was removed; the source may thaw.</summary>
    ResumeFailed = 6,

    /// <summary>The destination has no memory left.</summary>
    OutOfMemory = 7,

    /// <summary>Pages or images arrived other than they were sent.</summary>
    DataMismatch = 8,

    /// <summary>The peer broke the protocol.</summary>
    ProtocolViolation = 9,

    /// <summary>CRIU could not restore, for a reason that may be gone at the next attempt.</summary>
    RestoreMayWorkLater = 10,
}
