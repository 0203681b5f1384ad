using U2CMigration.PageTracking.IntegrationTests.Workload;
using U2CMigration.PageTracking.Memory;
using U2CMigration.PageTracking.Pages;
using U2CMigration.Testing;

namespace U2CMigration.PageTracking.IntegrationTests;

/// <summary>Guard regions are told as the program made them.</summary>
public sealed class GuardRegionTests : IDisposable
{
    private const int Pages = 64;
    private readonly MemoryWriter _writer;

    public GuardRegionTests()
    {
        TrackingNeeds.Root();
        Requires.KernelHas(GuardRegions.IsKnown, "this kernel does not tell guard regions (Linux 6.15)");
        _writer = new MemoryWriter();
    }

    [Theory]
    [InlineData("anon")]
    [InlineData("file")]
    [InlineData("memfd")]
    [InlineData("shared")]
    [InlineData("thp")]
    public void Of_InstalledGuards_AreListedAndNothingElse(string memory)
    {
        MemoryBlock block = _writer.Map(Pages, memory);
        block.WriteAll();
        PageRange[] before = Listed();

        Install(block.Part(3, 2));
        Install(block.Part(40, 1));

        Listed().Except(before).Should().Equal(RangeOf(block.Part(3, 2)), RangeOf(block.Part(40, 1)));
    }

    [Fact]
    public void Of_MemoryNeverTouched_IsListedToo()
    {
        MemoryBlock block = _writer.Map(Pages);

        Install(block.Part(0, 1));

        Listed().Should().Contain(RangeOf(block.Part(0, 1)));
    }

    [Fact]
    public void Of_RemovedGuard_IsGoneAndTheRestIsLeft()
    {
        MemoryBlock block = _writer.Map(Pages);
        Install(block.Part(10, 10));

        _writer.Do($"unguard {block.Part(13, 4).Address:x} 4");

        Listed().Should().Contain([RangeOf(block.Part(10, 3)), RangeOf(block.Part(17, 3))]).And.HaveCount(2);
    }

    [Fact]
    public void Of_MoreRegionsThanOneCallTells_FindsAll()
    {
        MemoryBlock block = _writer.Map(4096);
        for (int page = 0; page < block.Pages; page += 2)
        {
            Install(block.Part(page, 1));
        }

        Listed().Should().Equal(Enumerable.Range(0, block.Pages / 2).Select(half => RangeOf(block.Part(2 * half, 1))));
    }

    [Fact]
    public void Of_RegionAcrossTwoMappings_IsOne()
    {
        MemoryBlock block = _writer.Map(Pages);
        block.Part(8, 8).Protect(1);

        Install(block.Part(6, 4));

        Listed().Should().Equal(RangeOf(block.Part(6, 4)));
    }

    [Fact]
    public void Of_MappingMoved_FollowsIt()
    {
        MemoryBlock block = _writer.Map(Pages);
        Install(block.Part(5, 2));

        MemoryBlock moved = block.Move();

        Listed().Should().Equal(RangeOf(moved.Part(5, 2)));
    }

    [Fact]
    public void Of_FrozenProcess_IsListed()
    {
        MemoryBlock block = _writer.Map(Pages);
        Install(block.Part(5, 2));

        using FrozenGroup group = FrozenGroup.Freeze(2, _writer.ProcessId);

        Listed().Should().Equal(RangeOf(block.Part(5, 2)));
    }

    [Fact]
    public void Of_NoSuchProcess_SaysItHasEnded()
    {
        _writer.Kill();

        Action list = () => GuardRegions.Of(_writer.ProcessId);

        list.Should().Throw<PageTrackingException>().WithMessage("*has ended*");
    }

    public void Dispose() => _writer?.Dispose();

    private static PageRange RangeOf(MemoryBlock block) => new(block.Address, block.Address + ((ulong)block.Pages * 4096));

    private void Install(MemoryBlock block) => _writer.Do($"guard {block.Address:x} {block.Pages}");

    private PageRange[] Listed() => [.. GuardRegions.Of(_writer.ProcessId, TestContext.Current.CancellationToken)];
}
