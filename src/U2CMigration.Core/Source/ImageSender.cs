using System.IO.Hashing;
using U2CMigration.Transport.Connections;
using U2CMigration.Transport.Messages;

namespace U2CMigration.Core.Source;

/// <summary>Sends the images that CRIU wrote.</summary>
internal static class ImageSender
{
    /// <summary>The names of images.</summary>
    internal const string ImagePattern = "*.img";

    /// <summary>Sends every image of a directory.</summary>
    /// <returns>The closing list with checksums, to be sent when the last page has been.</returns>
    public static async Task<ImagesEnd> SendAsync(string directory, MigrationConnection connection, CancellationToken cancellationToken)
    {
        var sent = new List<ImageChecksum>();
        long total = 0;
        byte[] buffer = new byte[ImageFile.RecommendedChunkBytes];
        foreach (string path in Directory.EnumerateFiles(directory, ImagePattern))
        {
            using var file = File.OpenHandle(path);
            string name = Path.GetFileName(path);
            long length = RandomAccess.GetLength(file);
            var hash = new XxHash3();
            long offset = 0;
            do
            {
                // Not asynchronous: that would be a change of threads for each of many small files, while the workload is frozen.
                int read = RandomAccess.Read(file, buffer, offset);
                if (read == 0 && offset < length)
                {
                    throw new IOException($"The image {path} became shorter while it was sent.");
                }

                hash.Append(buffer.AsSpan(0, read));
                await connection.SendAsync(new ImageFile(name, offset, length, buffer.AsMemory(0, read)), cancellationToken).ConfigureAwait(false);
                offset += read;
            }
            while (offset < length);

            sent.Add(new ImageChecksum(name, length, hash.GetCurrentHashAsUInt64()));
            total += length;
        }

        return new ImagesEnd(total, sent);
    }
}
