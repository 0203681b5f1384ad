namespace U2CMigration.Files;

/// <summary>What a directory tree is on the source. The numbers are part of the stream.</summary>
public enum FileTreeKind : byte
{
    /// <summary>A directory as it is: a volume, <c>/dev/shm</c>. The destination has the same entries afterwards and no others.</summary>
    Directory = 0,

    /// <summary>
    /// The upper folder of an overlay: the entries are what differs from the image. Whiteouts are removals, opaque directories are made from nothing. The destination applies
    /// them through the mounted overlay, whose other entries stay.
    /// </summary>
    OverlayUpper = 1,
}
