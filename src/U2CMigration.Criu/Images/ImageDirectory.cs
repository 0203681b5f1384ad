using System.Globalization;

namespace U2CMigration.Criu.Images;

/// <summary>A directory with the images of one dump.</summary>
public sealed class ImageDirectory
{
    private const string TaskPagemapPrefix = "pagemap-";
    private const string SharedPagemapPrefix = "pagemap-shmem-";
    private const string Suffix = ".img";

    /// <summary>Names a directory.</summary>
    /// <param name="path">The directory.</param>
    /// <exception cref="DirectoryNotFoundException">It does not exist.</exception>
    public ImageDirectory(string path)
    {
        Path = Directory.Exists(path) ? path : throw new DirectoryNotFoundException($"There is no directory '{path}'.");
    }

    /// <summary>The directory.</summary>
    public string Path { get; }

    /// <summary>The path of a file in the directory.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>The path.</returns>
    public string PathOf(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>The name of the pagemap of a process.</summary>
    /// <param name="processId">The process, as numbered in the images.</param>
    /// <returns>The name.</returns>
    public static string PagemapName(int processId) => string.Create(CultureInfo.InvariantCulture, $"{TaskPagemapPrefix}{processId}{Suffix}");

    /// <summary>The name of the list of mappings of a process.</summary>
    /// <param name="processId">The process, as numbered in the images.</param>
    /// <returns>The name.</returns>
    public static string MemoryName(int processId) => string.Create(CultureInfo.InvariantCulture, $"mm-{processId}{Suffix}");

    /// <summary>The name of the pagemap of shared memory.</summary>
    /// <param name="sharedMemoryId">Its number.</param>
    /// <returns>The name.</returns>
    public static string SharedPagemapName(ulong sharedMemoryId) => string.Create(CultureInfo.InvariantCulture, $"{SharedPagemapPrefix}{sharedMemoryId}{Suffix}");

    /// <summary>Reads what the images are.</summary>
    /// <returns>The inventory.</returns>
    /// <exception cref="CriuException">The file is damaged.</exception>
    public ImageInventory ReadInventory() => ImageInventory.Read(PathOf(ImageInventory.FileName));

    /// <summary>Whether the processes are in a user namespace of their own, which is restored with them.</summary>
    /// <returns>True if so.</returns>
    public bool HasUserNamespace() => Directory.EnumerateFiles(Path, $"userns-*{Suffix}").Any();

    /// <summary>Reads the process tree.</summary>
    /// <returns>The processes, each after its parent.</returns>
    /// <exception cref="CriuException">The file is damaged.</exception>
    public IReadOnlyList<ImageTask> ReadTasks() => ImageTask.ReadAll(PathOf("pstree.img"));

    /// <summary>Reads the mappings of a process.</summary>
    /// <param name="processId">The process, as numbered in the images.</param>
    /// <returns>The mappings, ascending; none for a process without memory of its own (a dead one).</returns>
    /// <exception cref="CriuException">The file is damaged.</exception>
    public IReadOnlyList<MemoryArea> ReadMemoryAreas(int processId)
    {
        string path = PathOf(MemoryName(processId));
        return File.Exists(path) ? MemoryArea.ReadAll(path) : [];
    }

    /// <summary>Reads where the kernel writes into the memory of a process by itself.</summary>
    /// <param name="task">The process.</param>
    /// <returns>The areas of its threads.</returns>
    /// <exception cref="CriuException">A file is damaged or missing.</exception>
    public IReadOnlyList<KernelWrittenArea> ReadKernelWrittenAreas(ImageTask task)
    {
        ArgumentNullException.ThrowIfNull(task);
        return KernelWrittenArea.ReadAll(this, task);
    }

    /// <summary>Reads the pagemap of a process.</summary>
    /// <param name="processId">The process, as numbered in the images.</param>
    /// <returns>The pagemap, or null when there is none: the pages went to a page server, or the process has no memory.</returns>
    /// <exception cref="CriuException">The file is damaged.</exception>
    public Pagemap? ReadPagemap(int processId) => ReadIfThere(PathOf(PagemapName(processId)));

    /// <summary>Reads the pagemap of shared memory.</summary>
    /// <param name="sharedMemoryId">Its number, as in <see cref="MemoryArea.SharedMemoryId"/>.</param>
    /// <returns>The pagemap, or null when there is none.</returns>
    /// <exception cref="CriuException">The file is damaged.</exception>
    public Pagemap? ReadSharedPagemap(ulong sharedMemoryId) => ReadIfThere(PathOf(SharedPagemapName(sharedMemoryId)));

    /// <summary>The processes that have a pagemap.</summary>
    /// <returns>Their ids, ascending.</returns>
    public IReadOnlyList<int> ProcessesWithPagemap() =>
        [.. Numbers(TaskPagemapPrefix).Where(static number => number <= int.MaxValue).Select(static number => (int)number).Order()];

    /// <summary>The shared memory that has a pagemap.</summary>
    /// <returns>Its numbers, ascending.</returns>
    public IReadOnlyList<ulong> SharedMemoryWithPagemap() => [.. Numbers(SharedPagemapPrefix).Order()];

    /// <summary>The files that describe the tree, which a restore needs besides the pages.</summary>
    /// <returns>Every image file that is not a pages file, by name.</returns>
    public IReadOnlyList<FileInfo> MetadataFiles() =>
        [.. new DirectoryInfo(Path).EnumerateFiles("*" + Suffix)
            .Where(static file => !file.Name.StartsWith("pages-", StringComparison.Ordinal))
            .OrderBy(static file => file.Name, StringComparer.Ordinal)];

    /// <summary>A number that no pages file has yet.</summary>
    internal uint NextPagesId() => (uint)Numbers("pages-").Append(0UL).Max() + 1;

    private static Pagemap? ReadIfThere(string path) => File.Exists(path) ? Pagemap.Read(path) : null;

    private IEnumerable<ulong> Numbers(string prefix)
    {
        foreach (string path in Directory.EnumerateFiles(Path, prefix + "*" + Suffix))
        {
            ReadOnlySpan<char> name = System.IO.Path.GetFileName(path.AsSpan());
            if (ulong.TryParse(name[prefix.Length..^Suffix.Length], NumberStyles.None, CultureInfo.InvariantCulture, out ulong number))
            {
                yield return number;
            }
        }
    }
}
