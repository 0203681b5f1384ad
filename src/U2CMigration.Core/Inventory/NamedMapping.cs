namespace U2CMigration.Core.Inventory;

/// <summary>A mapping that needs attention.</summary>
/// <param name="ProcessId">The process.</param>
/// <param name="Address">Where it begins.</param>
/// <param name="IsShared">Whether writes are seen by others (MAP_SHARED).</param>
/// <param name="Device">The device of the file, as the kernel writes it (<c>00:01</c>).</param>
/// <param name="Inode">Its inode; 0 for none.</param>
/// <param name="Name">The file or object, as the kernel writes it.</param>
internal readonly record struct NamedMapping(int ProcessId, ulong Address, bool IsShared, string Device, ulong Inode, string Name)
{
    /// <summary>Whether it is an object in memory that only those have who have it mapped or open.</summary>
    public bool IsNameless => Name.EndsWith(" (deleted)", StringComparison.Ordinal);

    /// <summary>For people.</summary>
    public string Named => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"a mapping at {Address:x}, {Name}");
}
