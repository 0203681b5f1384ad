using U2CMigration.Criu.Images;
using U2CMigration.Criu.Protobuf.Images;

namespace U2CMigration.Criu.Tests.Images;

public sealed class ImageDirectoryTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void ReadTasks_Tree_GivesProcesses()
    {
        ImageSet.WriteTree(_directory["pstree.img"], 5, 9);
        new ImageDirectory(_directory.Path).ReadTasks().Select(task => task.ProcessId).Should().Equal(5, 9);
    }

    [Fact]
    public void ReadMemoryAreas_EachKind_IsRecognised()
    {
        ImageSet.WriteMemory(
            _directory["mm-5.img"],
            ImageSet.Area(0x1000, 1, ImageSet.AnonymousPrivate),
            ImageSet.Area(0x2000, 1, ImageSet.FilePrivate, 3),
            ImageSet.Area(0x3000, 1, 1 << 7, 3),
            ImageSet.Area(0x4000, 1, ImageSet.AnonymousShared, 4),
            ImageSet.Area(0x5000, 1, (1 << 14) | (1 << 7), 5),
            ImageSet.Area(0x6000, 1, 1 << 10, 6),
            ImageSet.Area(0x7000, 1, ImageSet.AnonymousPrivate, 0, 0x40000),
            ImageSet.Area(0x8000, 1, 1 << 3));
        new ImageDirectory(_directory.Path).ReadMemoryAreas(5).Select(area => area.Kind).Should().Equal(Enum.GetValues<MemoryKind>());
    }

    /// <summary>As CRIU decides it, whatever else the mapping is.</summary>
    [Theory]
    [InlineData(ImageSet.FilePrivate, true)]
    [InlineData(ImageSet.AnonymousPrivate, true)]
    [InlineData(ImageSet.MemoryFile | ImageSet.FilePrivate, true)]
    [InlineData((1 << 10) | ImageSet.FilePrivate, true)]
    [InlineData(1 << 15, true)]
    [InlineData(1 << 9, false)]
    [InlineData(ImageSet.MemoryFile | ImageSet.Regular | (1 << 7), false)]
    [InlineData(ImageSet.AnonymousShared, false)]
    [InlineData(1 << 13, false)]
    public void ReadMemoryAreas_Status_SaysWhetherItIsPrivate(int status, bool isPrivate)
    {
        ImageSet.WriteMemory(_directory["mm-5.img"], ImageSet.Area(0x1000, 1, (uint)status));
        new ImageDirectory(_directory.Path).ReadMemoryAreas(5).Should().ContainSingle().Which.IsPrivate.Should().Be(isPrivate);
    }

    /// <summary>Where CRIU and we disagree a page has no place: its restore registers what is private, anonymous and neither locked nor huge.</summary>
    [Theory]
    [InlineData(ImageSet.AnonymousPrivate, 0x22, true)]
    [InlineData(ImageSet.AnonymousPrivate, 0x122, true)]
    [InlineData(ImageSet.AnonymousPrivate, 0x28, false)]
    [InlineData(ImageSet.AnonymousPrivate, 0x2022, false)]
    [InlineData(ImageSet.AnonymousPrivate, 0x40022, false)]
    [InlineData(ImageSet.FilePrivate, 0x02, false)]
    [InlineData(ImageSet.FilePrivate, 0x22, false)]
    [InlineData(ImageSet.MemoryFile | ImageSet.FilePrivate, 0x02, false)]
    [InlineData((1 << 15) | ImageSet.AnonymousPrivate, 0x22, false)]
    [InlineData((1 << 3) | ImageSet.AnonymousPrivate, 0x22, false)]
    public void ReadMemoryAreas_Flags_SayWhetherItCanBeLazy(int status, int flags, bool canBeLazy)
    {
        ImageSet.WriteMemory(_directory["mm-5.img"], ImageSet.Area(0x1000, 1, (uint)status, flags: (uint)flags));
        new ImageDirectory(_directory.Path).ReadMemoryAreas(5).Should().ContainSingle().Which.CanBeLazy.Should().Be(canBeLazy);
    }

    [Fact]
    public void ReadMemoryAreas_AreaThatEndsBeforeItBegins_IsRefused()
    {
        ImageSet.WriteMemory(_directory["mm-5.img"], new VmaEntry { Start = 0x2000, End = 0x1000 });
        Action act = () => new ImageDirectory(_directory.Path).ReadMemoryAreas(5);
        act.Should().Throw<CriuException>();
    }

    [Fact]
    public void ProcessesWithPagemap_SharedMemoryBeside_IsNotAProcess()
    {
        new Pagemap(1, []).Write(_directory["pagemap-12.img"]);
        new Pagemap(2, []).Write(_directory["pagemap-shmem-77.img"]);
        var images = new ImageDirectory(_directory.Path);
        images.ProcessesWithPagemap().Should().Equal(12);
        images.SharedMemoryWithPagemap().Should().Equal(77UL);
    }

    [Fact]
    public void MetadataFiles_Directory_LeavesOutPagesAndLogs()
    {
        foreach (string name in (string[])["core-1.img", "pages-1.img", "dump.log", "inventory.img"])
        {
            File.WriteAllText(_directory[name], "x");
        }

        new ImageDirectory(_directory.Path).MetadataFiles().Select(file => file.Name).Should().Equal("core-1.img", "inventory.img");
    }

    [Fact]
    public void Measure_LazyAndEagerMemory_AreAddedUpByKind()
    {
        ImageSet.WriteTree(_directory["pstree.img"], 5);
        ImageSet.WriteMemory(
            _directory["mm-5.img"],
            ImageSet.Area(0x10000, 16, ImageSet.AnonymousPrivate),
            ImageSet.Area(0x20000, 16, ImageSet.FilePrivate, 3),
            ImageSet.Area(0x30000, 16, ImageSet.AnonymousShared, 4));
        new Pagemap(
            1,
            [
                new PagemapEntry(0x10000, 8, PagePlaces.Lazy),
                new PagemapEntry(0x18000, 1, PagePlaces.Lazy | PagePlaces.Present),
                new PagemapEntry(0x20000, 2, PagePlaces.Present),
            ]).Write(_directory["pagemap-5.img"]);
        new Pagemap(2, [new PagemapEntry(0, 3, PagePlaces.Present)]).Write(_directory["pagemap-shmem-4.img"]);

        ImageMemory memory = ImageMemory.Measure(new ImageDirectory(_directory.Path));

        memory.LazyBytes.Should().Be(8 * 4096);
        memory.EagerBytes.Should().Equal(new Dictionary<MemoryKind, long>
        {
            [MemoryKind.PrivateAnonymous] = 4096,
            [MemoryKind.PrivateFile] = 2 * 4096,
            [MemoryKind.SharedAnonymous] = 3 * 4096,
        });
    }

}
