using U2CMigration.Transport.Frames;

namespace U2CMigration.Transport.Messages;

/// <summary>Source to destination: a piece of an image file. The pieces of one file come in order.</summary>
/// <param name="Name">The plain file name.</param>
/// <param name="Offset">Where the piece begins.</param>
/// <param name="Length">The length of the whole file.</param>
/// <param name="Data">The piece; up to <see cref="MaxChunkBytes"/>.</param>
public sealed record ImageFile(string Name, long Offset, long Length, ReadOnlyMemory<byte> Data) : MigrationMessage
{
    /// <inheritdoc/>
    public override MessageType Type => MessageType.ImageFile;

    /// <summary>The largest piece: 1 MiB.</summary>
    public const int MaxChunkBytes = 1 << 20;

    /// <summary>A good size for a piece: 64 KiB, small enough to stay out of the large object heap of the receiver.</summary>
    public const int RecommendedChunkBytes = 64 << 10;

    internal override void WritePayload(PayloadWriter writer)
    {
        writer.WriteImageName(Name);
        writer.WriteAmount(Offset);
        writer.WriteAmount(Length);
        if (Data.Length > MaxChunkBytes)
        {
            throw new ArgumentException($"A piece of {Data.Length} bytes of image {Name}; the limit is {MaxChunkBytes}. Cut it.");
        }

        writer.WriteBytes(Data.Span);
    }

    internal static ImageFile Read(ref PayloadReader reader)
    {
        string name = reader.ReadImageName();
        long offset = reader.ReadAmount("file offset");
        long length = reader.ReadAmount("file length");
        ReadOnlySpan<byte> data = reader.ReadBytes();
        if (data.Length > MaxChunkBytes || offset > length - data.Length)
        {
            throw reader.Refuse($"a piece within the {length} bytes of {name}", $"{data.Length} bytes at {offset}");
        }

        byte[] copy = GC.AllocateUninitializedArray<byte>(data.Length);
        data.CopyTo(copy);
        return new ImageFile(name, offset, length, copy);
    }
}
