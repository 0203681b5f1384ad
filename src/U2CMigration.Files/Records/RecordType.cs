namespace U2CMigration.Files.Records;

/// <summary>The kind of a record. The numbers are part of the stream: never reused.</summary>
internal enum RecordType : byte
{
    None = 0,

    /// <summary>A round begins: its number and whether the workload stands still.</summary>
    RoundBegin = 1,

    /// <summary>A round is over: how many entries and bytes it had.</summary>
    RoundEnd = 2,

    /// <summary>What follows is about a tree: its kind and name. The place is its root.</summary>
    Tree = 3,

    /// <summary>What follows is about a directory in the place.</summary>
    Enter = 4,

    /// <summary>What follows is about the directory above.</summary>
    Leave = 5,

    /// <summary>What has a name in the place gets further names in this round, by a number.</summary>
    Keep = 6,

    /// <summary>A name in the place is taken away, with all below it; it need not be there.</summary>
    Remove = 7,

    /// <summary>A directory in the place is made, if it is not there.</summary>
    Directory = 8,

    /// <summary>The metadata of the place.</summary>
    Place = 9,

    /// <summary>A regular file in the place: made, or changed. What follows up to its end is about its contents.</summary>
    File = 10,

    /// <summary>Bytes of the file.</summary>
    Data = 11,

    /// <summary>Zeros in the file.</summary>
    Zeros = 12,

    /// <summary>A hole in the file.</summary>
    Hole = 13,

    /// <summary>The file is complete: the checksum of what was sent of it.</summary>
    FileEnd = 14,

    /// <summary>A symbolic link in the place is made.</summary>
    SymbolicLink = 15,

    /// <summary>A FIFO, a device or a socket in the place is made.</summary>
    Node = 16,

    /// <summary>A name in the place for what is kept under a number.</summary>
    Link = 17,

    /// <summary>The metadata of something in the place that is neither a file nor a directory.</summary>
    Metadata = 18,

    /// <summary>What is kept gets no further names. The place is the root.</summary>
    Release = 19,

    /// <summary>A comparison: what is in the place under a name?</summary>
    Ask = 32,

    /// <summary>A comparison: what is the place itself?</summary>
    AskPlace = 33,

    /// <summary>A comparison is over, on either side.</summary>
    AskEnd = 34,

    /// <summary>The answers to a number of questions, in their order.</summary>
    Answers = 35,

    /// <summary>A comparison begins: the seed of its checksums.</summary>
    AskBegin = 36,
}
