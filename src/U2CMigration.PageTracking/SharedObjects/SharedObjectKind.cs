namespace U2CMigration.PageTracking.SharedObjects;

/// <summary>What a <see cref="SharedObject"/> is.</summary>
public enum SharedObjectKind
{
    /// <summary>Memory that processes share without a file: MAP_SHARED and MAP_ANONYMOUS.</summary>
    Anonymous = 1,

    /// <summary>A file in memory without a name in any directory: memfd_create(2).</summary>
    MemoryFile = 2,

    /// <summary>A file below <c>/dev/shm</c>, such as shm_open(3) makes.</summary>
    NamedFile = 3,

    /// <summary>A file that was made below <c>/dev/shm</c> and has lost its name.</summary>
    DeletedFile = 4,
}
