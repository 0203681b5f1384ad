using U2CMigration.Core.Source.Verification;
using U2CMigration.Criu.Images;
using U2CMigration.PageTracking.Pages;

namespace U2CMigration.Core.Tests.Source.Verification;

public sealed class FrozenPagesTests
{
    private const int Anonymous = 0x22;
    private const int Droppable = 0x28;

    [Fact]
    public void AddPrivate_RunsOverSeveralMappings_AreCutAtTheirBounds()
    {
        List<FrozenMapping> mappings = Add(
            [Area(0x10000, 0x12000), Area(0x12000, 0x14000, MemoryKind.PrivateFile, 2), Area(0x20000, 0x30000)],
            (0x10000, 0x14000), (0x21000, 0x22000), (0x24000, 0x25000));
        mappings.Should().BeEquivalentTo(
            [
                new FrozenMapping(7, IsLazy: true, [new PageRange(0x10000, 0x12000)]),
                new FrozenMapping(7, IsLazy: false, [new PageRange(0x12000, 0x14000)]),
                new FrozenMapping(7, IsLazy: true, [new PageRange(0x21000, 0x22000), new PageRange(0x24000, 0x25000)]),
            ],
            static options => options.WithStrictOrdering());
    }

    /// <summary>The kernel may have emptied them on either side.</summary>
    [Fact]
    public void AddPrivate_MemoryThatTheKernelMayDrop_IsLeftOut() =>
        Add([Area(0x10000, 0x12000), Area(0x12000, 0x14000, flags: Droppable), Area(0x14000, 0x15000)], (0x10000, 0x15000))
            .SelectMany(static mapping => mapping.Ranges).Should().Equal(new PageRange(0x10000, 0x12000), new PageRange(0x14000, 0x15000));

    /// <summary>The tracker says that they are there; that the images do not know them is what a comparison is for.</summary>
    [Fact]
    public void AddPrivate_PagesThatTheImagesDoNotKnow_AreComparedAllTheSame()
    {
        List<FrozenMapping> mappings = Add([Area(0x10000, 0x12000), Area(0x30000, 0x31000, MemoryKind.SharedAnonymous, 1, isPrivate: false)], (0xf000, 0x13000), (0x20000, 0x21000), (0x30000, 0x32000));
        mappings.SelectMany(static mapping => mapping.Ranges).Should().Equal(
            new PageRange(0xf000, 0x10000), new PageRange(0x10000, 0x12000), new PageRange(0x12000, 0x13000), new PageRange(0x20000, 0x21000),
            new PageRange(0x30000, 0x31000), new PageRange(0x31000, 0x32000));
        mappings.Where(static mapping => mapping.IsLazy).Should().ContainSingle();
    }

    [Fact]
    public void AddPrivate_NoImagesAtAll_ComparesEverything() => Add([], (0x1000, 0x3000)).Sum(static mapping => mapping.Pages).Should().Be(2);

    private static MemoryArea Area(ulong start, ulong end, MemoryKind kind = MemoryKind.PrivateAnonymous, int flags = Anonymous, bool isPrivate = true) =>
        new(start, end, kind, 3, flags, 0, IsLocked: false) { IsPrivate = isPrivate };

    private static List<FrozenMapping> Add(MemoryArea[] areas, params (ulong Start, ulong End)[] pages)
    {
        var set = new PageSet();
        foreach ((ulong start, ulong end) in pages)
        {
            set.Add(7, start, end);
        }

        var mappings = new List<FrozenMapping>();
        FrozenPages.AddPrivate(set.Processes[0], areas, mappings);
        return mappings;
    }
}
