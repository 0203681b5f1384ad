using Google.Protobuf;

namespace U2CMigration.Criu.Images.Privileges;

/// <summary>Reads images of which a limit depends, so that they cannot be understood in two ways: by this reader and, otherwise, by CRIU.</summary>
internal static class OnlyEntry
{
    /// <summary>Reads the entry of an image that has one.</summary>
    /// <exception cref="CriuException">The file is damaged, has more than one entry, or says something twice.</exception>
    internal static T Read<T>(string path, MessageParser<T> parser, params ReadOnlySpan<uint> magics)
        where T : IMessage<T>
    {
        ImageEntries entries = ImageEntries.Open(path, ImageBytes.Read(path), magics);
        entries.ReadRequired();
        T entry = Parse(path, entries, parser);
        return entries.Read() ? throw ImageError.At(path, entries.Offset, "it has a second entry where one belongs") : entry;
    }

    /// <summary>Reads one of several entries.</summary>
    /// <exception cref="CriuException">It is damaged, or says something twice.</exception>
    internal static T Parse<T>(string path, in ImageEntries entries, MessageParser<T> parser)
        where T : IMessage<T>
    {
        T entry = ImageBytes.Parse(path, entries, parser);

        // Written again it is as long as it was, unless a field was there twice, which then counted once.
        return entry.CalculateSize() == entries.Current.Length ? entry : throw ImageError.At(path, entries.Offset, "an entry says something twice");
    }
}
