using U2CMigration.Criu.Protobuf.Images;

namespace U2CMigration.Criu.Images.Privileges;

/// <summary>What the tree has open, mapped, is in, or executes, and what it holds that cannot be opened without a capability.</summary>
/// <param name="Files">All that has a path.</param>
/// <param name="Needed">The capabilities without which a process could not have opened something else that it holds, and what that is.</param>
internal sealed record ImageFiles(IReadOnlyList<ImageFile> Files, IReadOnlyList<(int Capability, string What)> Needed)
{
    private const int AccessMask = 3;
    private const int WriteOnly = 1;
    private const int Executed = 4;
    private const int FilePrivate = 6;
    private const int FileShared = 7;
    private const uint RawSocket = 3;
    private const int NetworkAdministration = 12;
    private const int RawNetwork = 13;
    private const int Administration = 21;
    private const int Programs = 39;
    private const uint PacketSocketType = 10;
    private const uint WatchType = 12;
    private const uint TunnelType = 15;
    private const uint ProgramMapType = 19;
    private const char NotText = '\ufffd';

    /// <summary>Reads it.</summary>
    /// <exception cref="CriuException">An image is damaged, missing, or can be understood in two ways.</exception>
    internal static ImageFiles Read(ImageDirectory directory)
    {
        HashSet<uint> code = ReadCode(directory);
        var files = new List<ImageFile>();
        var needed = new List<(int, string)>();
        string path = directory.PathOf(FilesImage.FileName);

        // Without it a restore takes the images that earlier versions of CRIU wrote instead.
        ImageEntries entries = File.Exists(path)
            ? ImageEntries.Open(path, ImageBytes.Read(path), ImageMagic.Common, ImageMagic.Files)
            : throw ImageError.At(path, 0, "it is missing");
        while (entries.Read())
        {
            FileEntry entry = ImageBytes.Parse(path, entries, FileEntry.Parser);
            if (entry.CalculateSize() != entries.Current.Length && entry.Reg?.Name.Contains(NotText) != true)
            {
                throw ImageError.At(path, entries.Offset, "an entry says something twice");
            }

            Add(entry, code, files, needed);
        }

        return new ImageFiles(files, needed);
    }

    private static void Add(FileEntry entry, HashSet<uint> code, List<ImageFile> files, List<(int Capability, string What)> needed)
    {
        if (entry.Reg is { } regular)
        {
            files.Add(new ImageFile(regular.Name, ImageFileKind.Path, code.Contains(regular.Id), (regular.Flags & AccessMask) != WriteOnly, (regular.Flags & AccessMask) != 0));
        }

        if (entry.Usk is { Name.Length: > 0 } socket && socket.Name[0] != 0)
        {
            string name = socket.Name.ToStringUtf8().TrimEnd('\0');
            files.Add(new ImageFile(name.StartsWith('/') ? name : $"{socket.NameDir}/{name}", ImageFileKind.Socket, IsCode: false, IsRead: false, IsWritten: true));
        }

        if (entry.Isk?.Type == RawSocket)
        {
            needed.Add((RawNetwork, "a raw socket"));
        }

        (int Capability, string What)? held = entry.Type switch
        {
            PacketSocketType => (RawNetwork, "a packet socket"),
            TunnelType => (NetworkAdministration, "a TUN device"),
            WatchType => (Administration, "a fanotify descriptor"),
            ProgramMapType => (Programs, "a BPF map"),
            _ => null,
        };
        if (held is { } one)
        {
            needed.Add(one);
        }
    }

    /// <summary>The files that are executed, or mapped to be.</summary>
    private static HashSet<uint> ReadCode(ImageDirectory directory)
    {
        var code = new HashSet<uint>();
        foreach (string path in Directory.EnumerateFiles(directory.Path, "mm-*.img"))
        {
            MmEntry memory = OnlyEntry.Read(path, MmEntry.Parser, ImageMagic.Common, ImageMagic.Memory);
            code.Add(memory.ExeFileId);
            foreach (VmaEntry area in memory.Vmas)
            {
                if ((area.Prot & Executed) != 0 && (area.Status & ((1u << FilePrivate) | (1u << FileShared))) != 0)
                {
                    code.Add((uint)area.Shmid);
                }
            }
        }

        return code;
    }
}
