using U2CMigration.Criu.Images;
using U2CMigration.Criu.Protobuf.Images;

namespace U2CMigration.Criu.Tests.Images;

public sealed class ReservedMemoryTests : IDisposable
{
    private const uint PrivateAnonymous = 0x22;
    private const uint NoReserve = 0x4000;

    private readonly string _directory = Directory.CreateTempSubdirectory("u2c-reserved").FullName;

    private ImageDirectory Images => new(_directory);

    [Theory]
    [InlineData(0u, PrivateAnonymous, true)]
    [InlineData(1u, PrivateAnonymous, true)]
    [InlineData(3u, PrivateAnonymous, false)] // counted, and rightly refused where it is too large
    [InlineData(0u, 0x21u, false)] // shared
    [InlineData(0u, 0x02u, false)] // of a file
    public void Mark_LargeArea_IsMarkedWhereItIsOnlyReserved(uint protection, uint flags, bool marked)
    {
        Write(Area(0x10000, 101, protection, flags));

        ReservedMemory.Mark(Images, 7, 100 * 4096).Should().Be(marked ? 1 : 0);

        Flags().Should().Equal(marked ? flags | NoReserve : flags);
    }

    [Fact]
    public void Mark_ReservedAlready_ChangesNothing()
    {
        Write(Area(0x10000, 101, 0, PrivateAnonymous | NoReserve));
        byte[] before = File.ReadAllBytes(Images.PathOf(ImageDirectory.MemoryName(7)));

        ReservedMemory.Mark(Images, 7, 100 * 4096).Should().Be(0);

        File.ReadAllBytes(Images.PathOf(ImageDirectory.MemoryName(7))).Should().Equal(before);
    }

    [Fact]
    public void Mark_AreasUpToTheLimit_StayCounted()
    {
        Write(Area(0x10000, 100, 0, PrivateAnonymous), Area(0x1000000, 101, 0, PrivateAnonymous));

        ReservedMemory.Mark(Images, 7, 100 * 4096).Should().Be(1);

        Flags().Should().Equal(PrivateAnonymous, PrivateAnonymous | NoReserve);
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private void Write(params VmaEntry[] areas) => ImageSet.WriteMemory(Images.PathOf(ImageDirectory.MemoryName(7)), areas);

    private IEnumerable<uint> Flags() => Images.ReadMemoryAreas(7).Select(static area => (uint)area.MapFlags);

    private static VmaEntry Area(ulong start, ulong pages, uint protection, uint flags)
    {
        VmaEntry area = ImageSet.Area(start, pages, 1 | ImageSet.AnonymousPrivate, flags: flags);
        area.Prot = protection;
        return area;
    }
}
