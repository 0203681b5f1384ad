namespace U2CMigration.Transport.Frames;

/// <summary>The bounds on everything that is received; each is checked before memory is set aside.</summary>
public static class ProtocolLimits
{
    /// <summary>The longest payload of a frame: 4 MiB.</summary>
    public const int MaxPayloadBytes = 4 << 20;

    /// <summary>The longest text, in bytes of UTF-8: 4 KiB.</summary>
    public const int MaxTextBytes = 4096;

    /// <summary>The longest name of an image file, in bytes of UTF-8: 255, the limit of the file system.</summary>
    public const int MaxImageNameBytes = 255;

    /// <summary>The most processes in an offer: 65,536.</summary>
    public const int MaxProcesses = 65_536;

    /// <summary>The most addresses, and the most files, among what a restore needs: 16,384.</summary>
    public const int MaxNeeds = 16_384;

    /// <summary>The most runs of pages in one message: 131,072. Longer lists travel in several messages.</summary>
    public const int MaxRuns = 131_072;

    /// <summary>The longest run, whose count of pages has 32 bits: 16 TiB. Longer ones travel as several.</summary>
    public const long MaxRunPages = uint.MaxValue;

    /// <summary>The most image files in a list: 16,384.</summary>
    public const int MaxImageFiles = 16_384;

    /// <summary>The most checksums in one message: 131,072, which covers 512 MiB of memory.</summary>
    public const int MaxChecksums = 131_072;

    /// <summary>The most bytes of the stream in one message: 64 KiB.</summary>
    public const int MaxStreamPieceBytes = 64 << 10;

    /// <summary>The most bytes of the stream that are sent and not taken yet: 1 MiB.</summary>
    public const int StreamWindowBytes = 1 << 20;

    /// <summary>The most shared memory objects: 4,096.</summary>
    public const int MaxObjects = 4_096;

    /// <summary>The first number of a shared memory object; processes have smaller ones.</summary>
    public const int FirstObjectId = 1 << 30;

    /// <summary>The most entries in any other list, such as phases or mismatched addresses: 256.</summary>
    public const int MaxListEntries = 256;

    /// <summary>The first address behind user space: 2^47.</summary>
    public const ulong AddressLimit = 1UL << 47;
}
