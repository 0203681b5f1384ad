using U2CMigration.Criu.LazyPages;

namespace U2CMigration.Criu.Tests.LazyPages;

public sealed class LazyTaskTests
{
    [Fact]
    public void Pages_OfTwoRanges_AreAddedUp() =>
        new LazyTask(7, [new LazyPageRange(7, 0x1000, 2), new LazyPageRange(7, 0x3000, 3)]).Pages.Should().Be(5);

    [Theory]
    [InlineData(8, 0x1000, 2)]
    [InlineData(7, 0x1001, 2)]
    [InlineData(7, 0x1000, 0)]
    [InlineData(7, 0x1000, long.MaxValue)]
    public void Create_ABadRange_IsRefused(int processId, ulong address, long pages)
    {
        Action create = () => _ = new LazyTask(7, [new LazyPageRange(processId, address, pages)]);

        create.Should().Throw<ArgumentException>().WithMessage("*of process 7 is not valid*");
    }

    [Fact]
    public void Create_OverlappingRanges_IsRefused()
    {
        Action create = () => _ = new LazyTask(7, [new LazyPageRange(7, 0x1000, 2), new LazyPageRange(7, 0x2000, 1)]);

        create.Should().Throw<ArgumentException>();
    }
}
