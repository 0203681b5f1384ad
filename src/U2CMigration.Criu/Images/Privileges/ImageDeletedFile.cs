using U2CMigration.Criu.Protobuf.Images;

namespace U2CMigration.Criu.Images.Privileges;

/// <summary>A deleted file that is still open, and is made again.</summary>
/// <param name="ImageName">The name of its image.</param>
/// <param name="UserId">Its owner.</param>
/// <param name="GroupId">Its group.</param>
/// <param name="Mode">Its type and rights, as in st_mode.</param>
internal sealed record ImageDeletedFile(string ImageName, uint UserId, uint GroupId, uint Mode)
{
    private const uint TypeMask = 0xf000;
    private const uint Regular = 0x8000;
    private const uint Directory = 0x4000;
    private const uint Fifo = 0x1000;
    private const uint SetIds = 0xc00;

    /// <summary>An image whose content is as long as the file; what is looked at comes first.</summary>
    private const int MostOfHead = 64 << 10;

    /// <summary>Whether it is no device, and gives whom executes it nothing.</summary>
    internal bool IsPlain => (Mode & TypeMask) is Regular or Directory or Fifo && (Mode & SetIds) == 0;

    /// <summary>Reads them.</summary>
    /// <exception cref="CriuException">An image is damaged, or can be understood in two ways.</exception>
    internal static IReadOnlyList<ImageDeletedFile> ReadAll(ImageDirectory directory) =>
        [.. System.IO.Directory.EnumerateFiles(directory.Path, "ghost-file-*.img").Order(StringComparer.Ordinal).Select(Read)];

    private static ImageDeletedFile Read(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        byte[] head = new byte[(int)Math.Min(file.Length, MostOfHead)];
        file.ReadExactly(head);
        ImageEntries entries = ImageEntries.Open(path, head, ImageMagic.Common, ImageMagic.GhostFile);
        entries.ReadRequired();
        GhostFileEntry entry = OnlyEntry.Parse(path, entries, GhostFileEntry.Parser);
        return new ImageDeletedFile(Path.GetFileName(path), entry.Uid, entry.Gid, entry.Mode);
    }
}
