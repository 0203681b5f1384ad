using System.Buffers;
using System.Buffers.Binary;
using Google.Protobuf;

namespace U2CMigration.Criu.Images;

/// <summary>Reads image files as a whole and writes them so that a half-written one is never seen.</summary>
internal static class ImageBytes
{
    /// <summary>The largest metadata image that is read; a pagemap of 1 TiB with every page by itself stays below it.</summary>
    private const long MaxBytes = 1L << 30;

    internal static byte[] Read(string path)
    {
        long length = new FileInfo(path).Length;
        return length <= MaxBytes
            ? File.ReadAllBytes(path)
            : throw ImageError.At(path, 0, $"it has {length} bytes, more than the limit of {MaxBytes}");
    }

    internal static T Parse<T>(string path, in ImageEntries entry, MessageParser<T> parser)
        where T : IMessage<T>
    {
        try
        {
            return parser.ParseFrom(entry.Current);
        }
        catch (InvalidProtocolBufferException exception)
        {
            throw ImageError.At(path, entry.Offset, exception.Message.TrimEnd('.'), exception);
        }
    }

    internal static void WriteMagic(IBufferWriter<byte> writer, uint magic)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(writer.GetSpan(sizeof(uint)), magic);
        writer.Advance(sizeof(uint));
    }

    internal static void WriteEntry(IBufferWriter<byte> writer, IMessage message)
    {
        WriteMagic(writer, (uint)message.CalculateSize());
        message.WriteTo(writer);
    }

    internal static void Replace(string path, ReadOnlySpan<byte> bytes)
    {
        string temporary = path + ".new";
        using (var file = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0))
        {
            file.Write(bytes);
        }

        File.Move(temporary, path, overwrite: true);
    }
}
