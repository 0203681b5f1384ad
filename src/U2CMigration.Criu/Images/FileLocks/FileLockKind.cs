namespace U2CMigration.Criu.Images;

/// <summary>Who owns a file lock, and what it keeps others from.</summary>
public enum FileLockKind
{
    /// <summary>A record lock (fcntl(2), F_SETLK): it belongs to the process.</summary>
    Posix = 1,

    /// <summary>A lock of the whole file (flock(2)): it belongs to the open file description.</summary>
    Flock = 2,

    /// <summary>A record lock (fcntl(2), F_OFD_SETLK): it belongs to the open file description.</summary>
    OpenFileDescription = 4,

    /// <summary>A lease (fcntl(2), F_SETLEASE): its holder is told when somebody else opens the file.</summary>
    Lease = 8,
}
