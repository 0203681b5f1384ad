using System.Buffers;
using U2CMigration.Criu.Protobuf.Images;

namespace U2CMigration.Criu.Images;

/// <summary>The list of mappings of a process, <c>mm-PID.img</c>, to be changed and written back with everything in it that this version does not know.</summary>
internal sealed class MemoryImage
{
    private readonly string _path;

    private MemoryImage(string path, MmEntry entry)
    {
        _path = path;
        Entry = entry;
    }

    internal MmEntry Entry { get; }

    /// <exception cref="CriuException">The file is damaged.</exception>
    internal static MemoryImage Read(string path)
    {
        ImageEntries entries = ImageEntries.Open(path, ImageBytes.Read(path), ImageMagic.Common, ImageMagic.Memory);
        entries.ReadRequired();
        return new MemoryImage(path, ImageBytes.Parse(path, entries, MmEntry.Parser));
    }

    internal void Write()
    {
        var writer = new ArrayBufferWriter<byte>();
        ImageBytes.WriteMagic(writer, ImageMagic.Common);
        ImageBytes.WriteMagic(writer, ImageMagic.Memory);
        ImageBytes.WriteEntry(writer, Entry);
        ImageBytes.Replace(_path, writer.WrittenSpan);
    }
}
