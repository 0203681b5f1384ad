using System.Buffers;
using U2CMigration.Criu.Protobuf.Images;

namespace U2CMigration.Criu.Images;

/// <summary>Everything that the dumped tree has open; the file <c>files.img</c>.</summary>
internal static class FilesImage
{
    internal const string FileName = "files.img";

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

    internal static void Write(ImageDirectory directory, List<FileEntry> files)
    {
        var writer = new ArrayBufferWriter<byte>();
        ImageBytes.WriteMagic(writer, ImageMagic.Common);
        ImageBytes.WriteMagic(writer, ImageMagic.Files);
        files.ForEach(file => ImageBytes.WriteEntry(writer, file));
        ImageBytes.Replace(directory.PathOf(FileName), writer.WrittenSpan);
    }
}
