namespace U2CMigration.Transport.Messages;

/// <summary>What a shared memory object is. The numbers are part of the protocol.</summary>
public enum SharedObjectEntryKind
{
    /// <summary>Memory shared without a file.</summary>
    Anonymous = 1,

    /// <summary>A memfd.</summary>
    MemoryFile = 2,

    /// <summary>A file below /dev/shm.</summary>
    NamedFile = 3,

    /// <summary>A file that was made below /dev/shm and deleted.</summary>
    DeletedFile = 4,
}
