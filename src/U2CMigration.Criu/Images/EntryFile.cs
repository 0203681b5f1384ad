using System.Buffers;
using Google.Protobuf;

namespace U2CMigration.Criu.Images;

/// <summary>An image of entries of one kind, to be changed and written back with everything in it that this version does not know.</summary>
internal static class EntryFile
{
    /// <summary>Reads the entries; none when the file is not there.</summary>
    /// <exception cref="CriuException">The file is damaged.</exception>
    internal static List<T> Read<T>(string path, MessageParser<T> parser, params ReadOnlySpan<uint> magics)
        where T : IMessage<T>
    {
        var found = new List<T>();
        if (File.Exists(path))
        {
            ImageEntries entries = ImageEntries.Open(path, ImageBytes.Read(path), magics);
            while (entries.Read())
            {
                found.Add(ImageBytes.Parse(path, entries, parser));
            }
        }

        return found;
    }

    internal static void Write<T>(string path, IEnumerable<T> entries, params ReadOnlySpan<uint> magics)
        where T : IMessage<T>
    {
        var writer = new ArrayBufferWriter<byte>();
        foreach (uint magic in magics)
        {
            ImageBytes.WriteMagic(writer, magic);
        }

        foreach (T entry in entries)
        {
            ImageBytes.WriteEntry(writer, entry);
        }

        ImageBytes.Replace(path, writer.WrittenSpan);
    }
}
