namespace U2CMigration.Files.Entries;

/// <summary>Flags of an entry. The first three are those of chattr(1) that travel, and their numbers are part of the stream.</summary>
[Flags]
internal enum EntryFlags : byte
{
    None = 0,

    /// <summary>No one may change it.</summary>
    Immutable = 1,

    /// <summary>It can only grow.</summary>
    AppendOnly = 2,

    /// <summary>Backups leave it out.</summary>
    NoDump = 4,

    /// <summary>Its contents are checked by the kernel (fs-verity); does not travel.</summary>
    Verity = 64,

    /// <summary>Something is mounted there.</summary>
    MountPoint = 128,

    /// <summary>Those that keep also root from changing it.</summary>
    Locked = Immutable | AppendOnly,

    /// <summary>Those that travel.</summary>
    Carried = Immutable | AppendOnly | NoDump,
}
