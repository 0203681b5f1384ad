using System.Globalization;
using U2CMigration.Criu.Protobuf.Images;

namespace U2CMigration.Criu.Images;

/// <summary>
/// Memory files of the images (memfds, and anonymous shared memory, which CRIU dumps as such) that are not to be made from the images: the restore is handed files that hold the content already, as
/// inherited descriptors (<see cref="Options.CriuRestoreOptions.InheritedDescriptors"/>).
/// </summary>
/// <remarks>
/// Their entries become those of external regular files. CRIU opens such a file anew for each descriptor and mapping, so that positions, access and flags stay those of each; with an inherited descriptor for an
/// entry of its own kind all of them would become one open file.
/// </remarks>
public static class MemoryFileImages
{
    private const uint Regular = 1;
    private const uint MemoryFile = 18;
    private const int MemoryFileBit = 14;
    private const int AnonymousSharedBit = 8;

    /// <summary>The key under which a file is handed over.</summary>
    /// <param name="inode">Its number at the source.</param>
    /// <returns>The key.</returns>
    public static string KeyOf(ulong inode) => string.Create(CultureInfo.InvariantCulture, $"file[memfd:{inode}]");

    /// <summary>The numbers at the source of the memory files that the images have, by the number that mappings name them with (<see cref="MemoryArea.SharedMemoryId"/>).</summary>
    /// <param name="directory">The images, before <see cref="HandOver"/>.</param>
    /// <returns>The numbers.</returns>
    /// <exception cref="CriuException">A file is damaged.</exception>
    public static IReadOnlyDictionary<ulong, ulong> Inodes(ImageDirectory directory)
    {
        ArgumentNullException.ThrowIfNull(directory);
        Dictionary<ulong, ulong> inodes = ReadInodes(directory);
        var found = new Dictionary<ulong, ulong>();
        foreach (FileEntry file in FilesImage.Read(directory))
        {
            if (file is { Type: MemoryFile, Memfd: { } entry } && inodes.TryGetValue(entry.InodeId, out ulong inode))
            {
                found[file.Id] = inode;
            }
        }

        return found;
    }

    /// <summary>The key of a file that was named as external (<see cref="Options.CriuTaskOptions.External"/>) when it was dumped.</summary>
    /// <param name="mount">The number of its mount at the source.</param>
    /// <param name="inode">Its number at the source.</param>
    /// <returns>The key.</returns>
    public static string KeyOf(ulong mount, ulong inode) => string.Create(CultureInfo.InvariantCulture, $"file[{mount:x}:{inode:x}]");

    /// <summary>The names of the regular files that the images have, by the number that mappings name them with.</summary>
    /// <param name="directory">The images.</param>
    /// <returns>Paths, and the keys of external files.</returns>
    /// <exception cref="CriuException">A file is damaged.</exception>
    public static IReadOnlyDictionary<ulong, string> Names(ImageDirectory directory)
    {
        ArgumentNullException.ThrowIfNull(directory);
        return FilesImage.Read(directory).Where(static file => file is { Type: Regular, Reg.Name.Length: > 0 }).GroupBy(static file => (ulong)file.Id)
            .ToDictionary(static file => file.Key, static file => file.First().Reg.Name);
    }

    /// <summary>Has the restore take these files from inherited descriptors.</summary>
    /// <param name="directory">The images.</param>
    /// <param name="inodes">The files, by their numbers at the source.</param>
    /// <returns>Those of them that the images have.</returns>
    /// <exception cref="CriuException">A file is damaged, or one of the memory files is there in a way that cannot be handed over.</exception>
    public static IReadOnlyCollection<ulong> HandOver(ImageDirectory directory, IReadOnlySet<ulong> inodes)
    {
        ArgumentNullException.ThrowIfNull(directory);
        ArgumentNullException.ThrowIfNull(inodes);
        var ids = Inodes(directory).Where(file => inodes.Contains(file.Value)).ToDictionary();
        RefuseOtherForms(directory, inodes);
        if (ids.Count == 0)
        {
            return [];
        }

        string path = directory.PathOf(FilesImage.FileName);
        List<FileEntry> files = FilesImage.Read(directory);
        foreach (FileEntry file in files)
        {
            if (file is { Type: MemoryFile, Memfd: { } old } && ids.TryGetValue(file.Id, out ulong inode))
            {
                file.Memfd = null;
                file.Type = Regular;
                file.Reg = new RegFileEntry { Id = old.Id, Flags = old.Flags, Pos = old.Pos, Fown = old.Fown, Name = KeyOf(inode), Ext = true };
            }
        }

        EntryFile.Write(path, files, ImageMagic.Common, ImageMagic.Files);
        HandOverDescriptors(directory, ids);
        HandOverMappings(directory, ids);
        return ids.Values.ToHashSet();
    }

    private static Dictionary<ulong, ulong> ReadInodes(ImageDirectory directory)
    {
        string path = directory.PathOf("memfd.img");
        var inodes = new Dictionary<ulong, ulong>();
        foreach (MemfdInodeEntry entry in EntryFile.Read(path, MemfdInodeEntry.Parser, ImageMagic.Common, ImageMagic.MemoryFiles))
        {
            if (!inodes.TryAdd(entry.InodeId, entry.Shmid))
            {
                throw ImageError.At(path, 0, $"memory file {entry.InodeId} is in it twice");
            }
        }

        return inodes;
    }

    /// <summary>Without root CRIU dumps anonymous shared memory as that, and would restore zeros.</summary>
    private static void RefuseOtherForms(ImageDirectory directory, IReadOnlySet<ulong> inodes)
    {
        foreach (ImageTask task in directory.ReadTasks())
        {
            string path = directory.PathOf(ImageDirectory.MemoryName(task.ProcessId));
            if (File.Exists(path) && MemoryImage.Read(path).Entry.Vmas.Any(area => (area.Status >> AnonymousSharedBit & 1) != 0 && inodes.Contains(area.Shmid)))
            {
                throw ImageError.At(path, 0, "it has shared memory in a form to which no file can be handed over");
            }
        }
    }

    private static void HandOverDescriptors(ImageDirectory directory, Dictionary<ulong, ulong> ids)
    {
        foreach (string path in Directory.EnumerateFiles(directory.Path, "fdinfo-*.img"))
        {
            List<FdinfoEntry> descriptors = EntryFile.Read(path, FdinfoEntry.Parser, ImageMagic.Common, ImageMagic.Descriptors);
            List<FdinfoEntry> handed = descriptors.FindAll(descriptor => descriptor.Type == MemoryFile && ids.ContainsKey(descriptor.Id));
            if (handed.Count > 0)
            {
                handed.ForEach(static descriptor => descriptor.Type = Regular);
                EntryFile.Write(path, descriptors, ImageMagic.Common, ImageMagic.Descriptors);
            }
        }
    }

    private static void HandOverMappings(ImageDirectory directory, Dictionary<ulong, ulong> ids)
    {
        foreach (ImageTask task in directory.ReadTasks())
        {
            string path = directory.PathOf(ImageDirectory.MemoryName(task.ProcessId));
            if (!File.Exists(path))
            {
                continue;
            }

            var image = MemoryImage.Read(path);
            VmaEntry[] areas = [.. image.Entry.Vmas.Where(area => (area.Status >> MemoryFileBit & 1) != 0 && ids.ContainsKey(area.Shmid))];
            foreach (VmaEntry area in areas)
            {
                area.Status &= ~(1u << MemoryFileBit);
            }

            if (areas.Length > 0)
            {
                image.Write();
            }
        }
    }
}
