namespace U2CMigration.Files.Entries;

/// <summary>What belongs to an entry besides its contents.</summary>
/// <param name="Mode">Type and rights.</param>
/// <param name="UserId">The owner.</param>
/// <param name="GroupId">The group.</param>
/// <param name="Modified">When it was changed last.</param>
/// <param name="Flags">Those that travel.</param>
/// <param name="Attributes">Extended attributes, sorted by name.</param>
internal sealed record EntryMetadata(ushort Mode, uint UserId, uint GroupId, FileTime Modified, EntryFlags Flags, IReadOnlyList<ExtendedAttribute> Attributes)
{
    public EntryType Type => (EntryType)(Mode >> 12);

    public uint Rights => Mode & FileStamp.Rights;

    public static EntryMetadata Of(in FileStamp stamp, IReadOnlyList<ExtendedAttribute> attributes) =>
        new(stamp.Mode, stamp.UserId, stamp.GroupId, stamp.Modified, stamp.CarriedFlags, attributes);
}
