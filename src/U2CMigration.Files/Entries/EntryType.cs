namespace U2CMigration.Files.Entries;

/// <summary>What an entry is: the upper four bits of its mode, and whiteouts, which are character devices with a meaning.</summary>
internal enum EntryType : byte
{
    None = 0,
    Fifo = 1,
    CharacterDevice = 2,
    Directory = 4,
    BlockDevice = 6,
    RegularFile = 8,
    SymbolicLink = 10,
    Socket = 12,
    Whiteout = 15,
}
