using U2CMigration.Criu.Protobuf.Images;

namespace U2CMigration.Criu.Images;

/// <summary>Everything that the dumped tree has open; the file <c>files.img</c>.</summary>
internal static class FilesImage
{
    private const string FileName = "files.img";

    internal static List<FileEntry> Read(ImageDirectory directory)
    {
        var found = new List<FileEntry>();
        string path = directory.PathOf(FileName);
        if (File.Exists(path))
        {
            ImageEntries entries = ImageEntries.Open(path, ImageBytes.Read(path), ImageMagic.Common, ImageMagic.Files);
            while (entries.Read())
            {
                found.Add(ImageBytes.Parse(path, entries, FileEntry.Parser));
            }
        }

        return found;
    }
}
