namespace U2CMigration.Files.Entries;

/// <summary>What an overlay says of an entry in its upper folder.</summary>
[Flags]
internal enum OverlayMarks
{
    None = 0,

    /// <summary>The directory hides the image's.</summary>
    Opaque = 1,

    /// <summary>The directory is another one of the image, renamed.</summary>
    Redirect = 2,

    /// <summary>The contents are in the image.</summary>
    Metacopy = 4,
}

/// <summary>Which extended attributes travel.</summary>
/// <param name="isOverlay">Whether they are of an overlay's upper folder.</param>
/// <param name="usesUserAttributes">Whether the overlay's marks are <c>user.overlay.*</c>.</param>
internal sealed class AttributeRules(bool isOverlay, bool usesUserAttributes)
{
    private readonly byte[] _marks = usesUserAttributes ? [.. "user.overlay."u8] : [.. "trusted.overlay."u8];

    /// <summary>Whether an attribute is one of the overlay's own. An overlay within the overlay has its marks escaped.</summary>
    public bool IsMark(ReadOnlySpan<byte> name, out ReadOnlySpan<byte> mark)
    {
        mark = isOverlay && name.StartsWith(_marks) ? name[_marks.Length..] : default;
        return !mark.IsEmpty && !mark.StartsWith("overlay."u8);
    }

    /// <summary>The name of an attribute as the container sees it, with a zero.</summary>
    public byte[] Seen(ReadOnlySpan<byte> name) =>
        isOverlay && name.StartsWith(_marks) ? [.. _marks, .. name[(_marks.Length + "overlay."u8.Length)..], 0] : [.. name, 0];

    /// <summary>
    /// Whether an attribute means something on another host. Labels of security modules are given by the policy of a host, signatures with its keys; other attributes of the system are lists of a file system.
    /// </summary>
    public static bool Travels(ReadOnlySpan<byte> name) =>
        name.StartsWith("user."u8) || name.StartsWith("trusted."u8) || name.SequenceEqual("security.capability"u8) || name.StartsWith("system.posix_acl_"u8);
}
