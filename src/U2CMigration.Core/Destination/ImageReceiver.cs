using System.IO.Hashing;
using Microsoft.Win32.SafeHandles;
using U2CMigration.Core.WorkDirectories;
using U2CMigration.Transport;
using U2CMigration.Transport.Frames;
using U2CMigration.Transport.Messages;

namespace U2CMigration.Core.Destination;

/// <summary>Writes the images that the source sends, and checks that all arrived whole.</summary>
/// <param name="directory">Where they go.</param>
/// <param name="maxBytes">The most bytes of all of them.</param>
/// <param name="mode">Who may read them.</param>
internal sealed class ImageReceiver(string directory, long maxBytes, UnixFileMode mode = PrivateDirectory.OnlyOwnersFile) : IDisposable
{
    private const string Suffix = ".img";

    private long _bytes;

    private readonly Dictionary<string, Incoming> _files = new(StringComparer.Ordinal);

    /// <summary>What arrived, once it is complete.</summary>
    public IReadOnlyList<ImageChecksum> Received { get; private set; } = [];

    /// <summary>Takes a piece of a file; pieces of one file come in order.</summary>
    public void Take(ImageFile piece)
    {
        if (!_files.TryGetValue(piece.Name, out Incoming? file))
        {
            file = Create(piece.Name);
            _files.Add(piece.Name, file);
        }

        if (piece.Offset != file.Length)
        {
            throw new ImageDamagedException($"Image {piece.Name}: a piece at {piece.Offset} came where {file.Length} was next.");
        }

        _bytes += piece.Data.Length;
        if (_bytes > maxBytes)
        {
            throw new ImageDamagedException($"The images have more than {maxBytes >> 20} MiB, which is the limit here. Raise {nameof(Receiving.MigrationReceiverOptions.MaxImageBytes)}, or free memory.");
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

    private Incoming Create(string name)
    {
        // What else lies in the directory is this host's: the claim, sockets, logs.
        if (!name.EndsWith(Suffix, StringComparison.Ordinal) || name.StartsWith('.'))
        {
            throw new MigrationProtocolException($"images, whose names end with {Suffix}", $"a file named '{name}'");
        }

        if (_files.Count >= ProtocolLimits.MaxImageFiles)
        {
            throw new MigrationProtocolException($"at most {ProtocolLimits.MaxImageFiles} images", "more");
        }

        SafeFileHandle handle = File.OpenHandle(Path.Combine(directory, name), FileMode.CreateNew, FileAccess.Write);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(handle, mode);
        }

        return new Incoming(handle);
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
