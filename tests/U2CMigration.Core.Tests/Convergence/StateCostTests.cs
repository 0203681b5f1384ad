using U2CMigration.Core.Convergence;

namespace U2CMigration.Core.Tests.Convergence;

public sealed class StateCostTests
{
    private static readonly StateInventory Small = new(Processes: 1, Threads: 3, Mappings: 60, Descriptors: 12, Sockets: 4, Connections: 2, SharedBytes: 1 << 20);

    [Fact]
    public void Of_ServiceWithOneProcess_IsAboutTheLeast() => StateCost.Of(Small, 125e6).TotalMilliseconds.Should().BeInRange(100, 125);

    [Fact]
    public void Warning_ServiceWithOneProcess_None() => StateCost.Warning(Small, 125e6).Should().BeNull();

    [Fact]
    public void Warning_ManyMappings_NamesThemAndTheAmount() =>
        StateCost.Warning(Small with { Mappings = 60_000 }, 125e6).Should().Contain("60,000 mappings: about 1.7 s").And.NotContain("descriptors");

    [Fact]
    public void Warning_ManyMappingsOverASlowLink_CountsTheirImages() =>
        StateCost.Warning(Small with { Mappings = 60_000 }, 30e6 / 8).Should().Contain("60,000 mappings: about 3.3 s");

    [Fact]
    public void Warning_SharedMemoryOverASlowLink_CountsTheLink() =>
        StateCost.Warning(Small with { SharedBytes = 129L << 20 }, 30e6 / 8).Should().Contain("129 MiB of shared memory: about 36").And.Contain("downtime of about 36");

    [Fact]
    public void Warning_SeveralCauses_NamesTheLargestFirst() =>
        StateCost.Warning(Small with { Processes = 101, Descriptors = 20_000 }, 0).Should().MatchRegex("101 processes: .*; 20,000 descriptors: ");

    [Theory]
    [InlineData(nameof(StateInventory.Processes))]
    [InlineData(nameof(StateInventory.Threads))]
    [InlineData(nameof(StateInventory.Mappings))]
    [InlineData(nameof(StateInventory.Descriptors))]
    [InlineData(nameof(StateInventory.Sockets))]
    [InlineData(nameof(StateInventory.Connections))]
    [InlineData(nameof(StateInventory.SharedBytes))]
    public void Of_MoreOfAnything_IsLonger(string what)
    {
        StateInventory more = what switch
        {
            nameof(StateInventory.Processes) => Small with { Processes = 10_000 },
            nameof(StateInventory.Threads) => Small with { Threads = 10_000 },
            nameof(StateInventory.Mappings) => Small with { Mappings = 10_000 },
            nameof(StateInventory.Descriptors) => Small with { Descriptors = 10_000 },
            nameof(StateInventory.Sockets) => Small with { Sockets = 10_000 },
            nameof(StateInventory.Connections) => Small with { Connections = 10_000 },
            _ => Small with { SharedBytes = 1L << 30 },
        };

        StateCost.Of(more, 0).Should().BeGreaterThan(StateCost.Of(Small, 0) + TimeSpan.FromMilliseconds(50));
    }
}
