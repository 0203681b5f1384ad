using System.Formats.Tar;
using System.Globalization;
using System.IO.Compression;
using U2CMigration.Core.Owners;

namespace U2CMigration.Containers.Podman;

/// <summary>
/// What podman on the destination needs of a container to make it again, out of the archive of a checkpoint: how it is configured, and the beginning of its log. It travels in the properties of the
/// description. From a parcel an archive is made that has these files and nothing else, whatever the source has sent.
/// </summary>
internal sealed class PodmanParcel
{
    /// <summary>The log of a container, in the archive and in the directory that podman has for it.</summary>
    public const string Log = "ctr.log";

    /// <summary>How podman has configured it.</summary>
    public const string Configuration = "config.dump";

    private const string Descriptors = "checkpoint/descriptors.json";
    private const string Specification = "spec.dump";
    private const string Key = "podman.";
    private const int PieceLength = 3900;
    private const int MostPieces = 80;
    private const long MostBytes = 64 << 20;

    /// <summary>The files that podman looks for, and the stub's part of a checkpoint: that there is one, and what it has to say of it.</summary>
    private static readonly string[] Empty = ["checkpoint/inventory.img", "stats-dump"];

    private static readonly string[] Names = [Configuration, Specification, "network.status", Descriptors, Log];

    private readonly Dictionary<string, byte[]> _files;

    private PodmanParcel(Dictionary<string, byte[]> files) => _files = files;

    /// <summary>How many bytes of the log are in it.</summary>
    public long LogBytes => _files.TryGetValue(Log, out byte[]? log) ? log.Length : 0;

    /// <summary>A file; empty where it is not there.</summary>
    public ReadOnlySpan<byte> this[string name] => _files.GetValueOrDefault(name);

    /// <summary>Takes it out of the archive that podman has made.</summary>
    /// <param name="archive">The archive.</param>
    /// <exception cref="IOException">It is no such archive.</exception>
    public static PodmanParcel Of(string archive)
    {
        using FileStream stream = File.OpenRead(archive);
        return new PodmanParcel(Read(stream, MostBytes));
    }

    /// <summary>Takes it out of a description.</summary>
    /// <exception cref="IOException">It is not in it, or makes no sense.</exception>
    public static PodmanParcel Of(TreeDescription tree)
    {
        string text = string.Concat(Enumerable.Range(0, MostPieces).Select(index => tree.Property(KeyOf(index))));
        try
        {
            using var compressed = new MemoryStream(Convert.FromBase64String(text));
            using var unpacked = new GZipStream(compressed, CompressionMode.Decompress);
            return new PodmanParcel(Read(unpacked, MostBytes));
        }
        catch (Exception e) when (e is FormatException or InvalidDataException or EndOfStreamException)
        {
            throw new IOException($"The source has described the container {tree.Name} in a way that is not known here: {e.Message}", e);
        }
    }

    /// <summary>The properties of a description; of the log what fits, the rest is for later.</summary>
    /// <exception cref="IOException">It is too large even without the log.</exception>
    public Dictionary<string, string> ToProperties()
    {
        while (true)
        {
            string text = ToText();
            if (text.Length <= PieceLength * MostPieces)
            {
                return text.Chunk(PieceLength).Index().ToDictionary(static piece => KeyOf(piece.Index), static piece => new string(piece.Item));
            }

            if (LogBytes == 0)
            {
                throw new IOException($"its configuration has {text.Length >> 10} KiB even when it is compressed; at most {PieceLength * MostPieces >> 10} KiB can be carried");
            }

            _files[Log] = _files[Log][..(int)(LogBytes / 2)];
        }
    }

    /// <summary>Writes an archive for podman.</summary>
    /// <param name="archive">Where.</param>
    public void Write(string archive)
    {
        using FileStream stream = File.Create(archive);
        using var tar = new TarWriter(stream, TarEntryFormat.Gnu);
        foreach (string directory in (string[])["artifacts", "checkpoint"])
        {
            tar.WriteEntry(new GnuTarEntry(TarEntryType.Directory, directory) { Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute });
        }

        foreach ((string name, byte[] content) in _files.Concat(Empty.Select(static name => KeyValuePair.Create(name, Array.Empty<byte>()))))
        {
            Write(tar, name, content);
        }
    }

    private static string KeyOf(int index) => string.Create(CultureInfo.InvariantCulture, $"{Key}{index}");

    private static void Write(TarWriter tar, string name, byte[] content)
    {
        using var data = new MemoryStream(content);
        tar.WriteEntry(new GnuTarEntry(TarEntryType.RegularFile, name) { Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite, DataStream = data });
    }

    private static Dictionary<string, byte[]> Read(Stream stream, long most)
    {
        var files = new Dictionary<string, byte[]>();
        using var tar = new TarReader(stream);
        while (tar.GetNextEntry() is { } entry)
        {
            if (!Names.Contains(entry.Name) || entry.DataStream is null)
            {
                continue;
            }

            // Of a log the beginning is enough; the rest comes later.
            long length = entry.Name == Log ? Math.Min(entry.Length, most) : entry.Length;
            if (length > most)
            {
                throw new InvalidDataException($"{entry.Name} has {length >> 20} MiB, which is too much.");
            }

            byte[] content = new byte[length];
            entry.DataStream.ReadExactly(content);
            files[entry.Name] = content;
            most -= length;
        }

        return files.ContainsKey(Configuration) && files.ContainsKey(Specification)
            ? files
            : throw new InvalidDataException($"There is no {Configuration} or no {Specification} in it.");
    }

    private string ToText()
    {
        using var compressed = new MemoryStream();
        using (var pack = new GZipStream(compressed, CompressionLevel.Optimal, leaveOpen: true))
        using (var tar = new TarWriter(pack, TarEntryFormat.Gnu))
        {
            foreach ((string name, byte[] content) in _files)
            {
                Write(tar, name, content);
            }
        }

        return Convert.ToBase64String(compressed.GetBuffer(), 0, (int)compressed.Length);
    }
}
