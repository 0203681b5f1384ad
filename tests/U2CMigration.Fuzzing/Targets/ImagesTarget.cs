using System.Buffers.Binary;
using U2CMigration.Criu;
using U2CMigration.Criu.Images;
using U2CMigration.Fuzzing.Targets.Samples;

namespace U2CMigration.Fuzzing.Targets;

/// <summary>A directory of images as a source may send it, and everything that reads or rewrites some of it.</summary>
internal sealed class ImagesTarget : IFuzzTarget, IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("u2c-images-").FullName;

    public string Name => "images";

    public void Run(ReadOnlySpan<byte> input)
    {
        foreach (string left in Directory.EnumerateFiles(_directory))
        {
            File.Delete(left);
        }

        var cursor = new Cursor(input);
        while (!cursor.IsAtEnd)
        {
            (string name, uint[] magics) = ImageKinds.All[cursor.Byte() % ImageKinds.All.Count];
            Write(name, magics, cursor.Piece());
        }

        var images = new ImageDirectory(_directory);
        foreach (Action<ImageDirectory> use in Uses)
        {
            try
            {
                use(images);
            }
            catch (CriuException)
            {
                // What is documented.
            }
            catch (IOException e) when (e is FileNotFoundException)
            {
                // The readers of single files say so for one that has to be there.
            }
        }
    }

    public IEnumerable<byte[]> Seeds() => ImageKinds.Seeds();

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    /// <summary>What the destination does with images, and the source with those of a dump.</summary>
    private static IEnumerable<Action<ImageDirectory>> Uses { get; } =
    [
        static images => images.ReadInventory().WithDumpUptime(TimeSpan.FromSeconds(1)).Write(images.PathOf("inventory.new")),
        static images => _ = images.ReadInventory().DumpUptime,
        static images => images.ReadTasks(),
        static images => _ = images.ReadTasks().Sum(task => images.ReadMemoryAreas(task.ProcessId).Count + images.ReadKernelWrittenAreas(task).Count),
        static images => ImageMemory.Measure(images),
        static images => PagesFileCheck.Run(images),
        static images => SocketImage.ReadInnerConnections(images),
        static images => SocketImage.ReadUnixPaths(images),
        static images => GhostFileImage.ReadRestorePaths(images),
        static images => FileLockImage.Remove(images, static found => found.IsExclusive),
        static images => IntervalTimerImage.ReadSingle(images),
        static images => TimerDescriptorImage.Repair(images, DateTimeOffset.UnixEpoch),
        static images => MemoryFileImages.Names(images),
        static images => MemoryFileImages.HandOver(images, MemoryFileImages.Inodes(images).Values.ToHashSet()),
        static images => EagerPages.Demand(images, 1),
        static images => HiddenPages.Add(images, 1, [new PagemapEntry(0x7fff_0000, 2, PagePlaces.Lazy)]),
        static images => ReservedMemory.Mark(images, 1, 1 << 20),
        static images => DumpStatistics.Read(images.PathOf(DumpStatistics.FileName)),
        static images => RestoreStatistics.Read(images.PathOf(DumpStatistics.FileName)),
        static images => PagemapRewriter.MakeLazy(images),
    ];

    private void Write(string name, uint[] magics, ReadOnlySpan<byte> content)
    {
        Span<byte> head = stackalloc byte[magics.Length * sizeof(uint)];
        for (int i = 0; i < magics.Length; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(head[(i * sizeof(uint))..], magics[i]);
        }

        using FileStream file = File.Create(Path.Combine(_directory, name));
        file.Write(head);
        file.Write(content);
    }
}
