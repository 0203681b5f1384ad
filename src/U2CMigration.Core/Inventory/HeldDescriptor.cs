using System.Globalization;

namespace U2CMigration.Core.Inventory;

/// <summary>An open descriptor of a process.</summary>
/// <param name="ProcessId">The process.</param>
/// <param name="Number">Its number there.</param>
/// <param name="Link">What it leads to, as the kernel writes it: a path, <c>pipe:[4711]</c>, <c>anon_inode:[eventfd]</c>.</param>
internal readonly record struct HeldDescriptor(int ProcessId, int Number, string Link)
{
    /// <summary>The link in <c>/proc</c>.</summary>
    public string Path => string.Create(CultureInfo.InvariantCulture, $"/proc/{ProcessId}/fd/{Number}");

    /// <summary>What the kernel tells of it.</summary>
    public string InformationPath => string.Create(CultureInfo.InvariantCulture, $"/proc/{ProcessId}/fdinfo/{Number}");

    /// <summary>The number in a link such as <c>pipe:[4711]</c>; null for one of another kind.</summary>
    public static ulong? InodeIn(ReadOnlySpan<byte> link, ReadOnlySpan<byte> prefix) =>
        link.StartsWith(prefix) && link[^1] == (byte)']' && ulong.TryParse(link[prefix.Length..^1], NumberStyles.None, CultureInfo.InvariantCulture, out ulong inode) ? inode : null;

    /// <summary>The number in the link, for one of that kind.</summary>
    public ulong? Inode(string prefix) =>
        Link.StartsWith(prefix, StringComparison.Ordinal) && Link[^1] == ']' && ulong.TryParse(Link.AsSpan(prefix.Length, Link.Length - prefix.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out ulong inode)
            ? inode
            : null;

    /// <summary>A field of the information, for example <c>eventfd-id</c>; null where it is missing or the descriptor is closed.</summary>
    public string? Information(string field)
    {
        try
        {
            foreach (string line in File.ReadLines(InformationPath))
            {
                if (line.StartsWith(field, StringComparison.Ordinal) && line.Length > field.Length && line[field.Length] == ':')
                {
                    return line[(field.Length + 1)..].Trim();
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Closed meanwhile.
        }

        return null;
    }

    /// <summary>For people.</summary>
    public string Named => string.Create(CultureInfo.InvariantCulture, $"descriptor {Number}, {Link}");
}
