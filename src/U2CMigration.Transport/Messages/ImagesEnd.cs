using U2CMigration.Transport.Frames;

namespace U2CMigration.Transport.Messages;

/// <summary>Source to destination: all image files were sent.</summary>
/// <param name="Bytes">The bytes of all files.</param>
/// <param name="Files">Every file with its length and checksum.</param>
public sealed record ImagesEnd(long Bytes, IReadOnlyList<ImageChecksum> Files) : MigrationMessage
{
    /// <inheritdoc/>
    public override MessageType Type => MessageType.ImagesEnd;

    internal override void WritePayload(PayloadWriter writer)
    {
        writer.WriteAmount(Bytes);
        writer.WriteCount(Files.Count, ProtocolLimits.MaxImageFiles, "image files");
        for (int i = 0; i < Files.Count; i++)
        {
            writer.WriteImageName(Files[i].Name);
            writer.WriteAmount(Files[i].Length);
            writer.WriteUInt64(Files[i].Checksum);
        }
    }

    internal static ImagesEnd Read(ref PayloadReader reader)
    {
        long bytes = reader.ReadAmount("number of bytes");
        var files = new ImageChecksum[reader.ReadCount(ProtocolLimits.MaxImageFiles, 18, "image files")];
        for (int i = 0; i < files.Length; i++)
        {
            files[i] = new ImageChecksum(reader.ReadImageName(), reader.ReadAmount("file length"), reader.ReadUInt64());
        }

        return new ImagesEnd(bytes, files);
    }
}
