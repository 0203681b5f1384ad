namespace U2CMigration.PageTracking.Logging;

/// <summary>Why it is not known which pages of an object were written.</summary>
internal enum SharedWriteDoubt
{
    /// <summary>It is known.</summary>
    None,

    /// <summary>A mapping has come, gone or changed, or was not protected all the time.</summary>
    Mappings,

    /// <summary>A process that maps it is not write-protected, has no memory left for the page tables that it takes, or runs 32-bit code.</summary>
    Unprotected,

    /// <summary>So many processes map it that it is faster to compare it.</summary>
    TooMany,

    /// <summary>A page table could not be read.</summary>
    Scan,

    /// <summary>Nothing is known yet, or not again after another doubt: somebody outside the tree maps it, for example.</summary>
    Unknown,

    /// <summary>The kernel does not tell what happens, or had no place to write it down.</summary>
    EventsLost,

    /// <summary>A process that maps it has forked: the child may have written and ended.</summary>
    Fork,

    /// <summary>Somebody has mapped it, in the tree or outside.</summary>
    Mapped,

    /// <summary>A process may have mapped it once more for a while.</summary>
    Duplicated,

    /// <summary>It was written in a way that no mapping tells.</summary>
    Call,

    /// <summary>Somebody has, or had, a descriptor of it, with which it can be written by call.</summary>
    Open,
}
