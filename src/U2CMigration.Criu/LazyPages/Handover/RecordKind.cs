namespace U2CMigration.Criu.LazyPages.Handover;

/// <summary>The records of an <see cref="EventLog"/> that are no messages of the kernel; the numbers are none of <see cref="Serving.UserfaultEvent"/>.</summary>
internal enum RecordKind : byte
{
    /// <summary>The end: nothing was written here.</summary>
    None = 0,

    /// <summary>The messages that follow came at once, for the member in the first argument.</summary>
    Batch = 0xE0,

    /// <summary>A process of the images is there, as the next member: its number in the images, its number here.</summary>
    Arrived = 0xE1,

    /// <summary>Pages that a forked member does not get from its parent: member, start, end.</summary>
    Withheld = 0xE2,

    /// <summary>A forked member is held, and all that it does not get is written down.</summary>
    Adopted = 0xE3,

    /// <summary>A member needs nothing any more.</summary>
    Closed = 0xE4,

    /// <summary>A member lacks no page: it may be held no more, or yet.</summary>
    Complete = 0xE6,

    /// <summary>There was no more room.</summary>
    Full = 0xE5,
}
