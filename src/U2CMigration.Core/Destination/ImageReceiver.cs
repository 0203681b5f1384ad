using System.IO.Hashing;
using Microsoft.Win32.SafeHandles;
using U2CMigration.Transport.Messages;

namespace U2CMigration.Core.Destination;

/// <summary>Writes the images that the source sends, and checks that all arrived whole.</summary>
internal sealed class ImageReceiver(string directory) : IDisposable
{
    private readonly Dictionary<string, Incoming> _files = new(StringComparer.Ordinal);

    /// <summary>What arrived, once it is complete.</summary>
    public IReadOnlyList<ImageChecksum> Received { get; private set; } = [];

    /// <summary>Takes a piece of a file; pieces of one file come in order.</summary>
    public void Take(ImageFile piece)
    {
        if (!_files.TryGetValue(piece.Name, out Incoming? file))
        {
            string path = Path.Combine(directory, piece.Name);
            file = new Incoming(File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write));
            _files.Add(piece.Name, file);
        }

        if (piece.Offset != file.Length)
        {
            throw new ImageDamagedException($"Image {piece.Name}: a piece at {piece.Offset} came where {file.Length} was next.");
        }

        RandomAccess.Write(file.Handle, piece.Data.Span, piece.Offset);
        file.Hash.Append(piece.Data.Span);
        file.Length += piece.Data.Length;
    }

    /// <summary>Compares what arrived with what the source says it sent.</summary>
    public void Complete(ImagesEnd end)
    {
        if (end.Files.Count != _files.Count)
        {
            throw new ImageDamagedException($"{_files.Count} images arrived of {end.Files.Count}.");
        }

        foreach (ImageChecksum expected in end.Files)
        {
            if (!_files.TryGetValue(expected.Name, out Incoming? file) || file.Length != expected.Length
                || file.Hash.GetCurrentHashAsUInt64() != expected.Checksum)
            {
                throw new ImageDamagedException($"Image {expected.Name} did not arrive as it was sent.");
            }
        }

        Received = end.Files;
        Dispose();
    }

    public void Dispose()
    {
        foreach (Incoming file in _files.Values)
        {
            file.Handle.Dispose();
        }
    }

    private sealed class Incoming(SafeFileHandle handle)
    {
        public SafeFileHandle Handle => handle;

        public XxHash3 Hash { get; } = new();

        public long Length { get; set; }
    }
}
