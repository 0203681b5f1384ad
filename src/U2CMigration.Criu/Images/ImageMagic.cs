namespace U2CMigration.Criu.Images;

/// <summary>The numbers that image files begin with.</summary>
internal static class ImageMagic
{
    /// <summary>First in ordinary images; the number of the type follows.</summary>
    internal const uint Common = 0x54564319;

    /// <summary>First in statistics; the number of the type follows.</summary>
    internal const uint Service = 0x55105940;

    /// <summary>First in the inventory, with nothing else.</summary>
    internal const uint Inventory = 0x58313116;

    internal const uint Core = 0x55053847;
    internal const uint Pstree = 0x50273030;
    internal const uint Memory = 0x57492820;
    internal const uint Pagemap = 0x56084025;
    internal const uint Statistics = 0x57093306;
    internal const uint FileLocks = 0x54323616;
    internal const uint Files = 0x56303138;
    internal const uint Remaps = 0x59133954;
    internal const uint MemoryFiles = 0x48453499;
    internal const uint Descriptors = 0x56213732;
    internal const uint SharedParts = 0x54432030;
    internal const uint UserNamespace = 0x55474906;
    internal const uint GhostFile = 0x52583605;
}
