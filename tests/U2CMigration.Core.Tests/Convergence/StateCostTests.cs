using U2CMigration.Core.Convergence;

namespace U2CMigration.Core.Tests.Convergence;

public sealed class StateCostTests
{
    private static readonly StateInventory Small = new(Processes: 1, Threads: 3, Mappings: 60, Descriptors: 12, Sockets: 4, Connections: 2, SharedBytes: 1 << 20);

    [Fact]
    public void Of_ServiceWithOneProcess_IsAboutTheLeast() => Of(Small, 125e6).TotalMilliseconds.Should().BeInRange(60, 85);

    [Fact]
    public void Warning_ServiceWithOneProcess_None() => StateCost.Warning(Small, 125e6, DowntimeModel.Untaught()).Should().BeNull();

    [Fact]
    public void Warning_ManyMappings_NamesThemAndTheAmount() =>
        StateCost.Warning(Small with { Mappings = 60_000 }, 125e6, DowntimeModel.Untaught()).Should().Contain("60,000 mappings: about 1.7 s").And.NotContain("descriptors");

    [Fact]
    public void Warning_ManyMappingsOverASlowLink_CountsTheirImages() =>
        StateCost.Warning(Small with { Mappings = 60_000 }, 30e6 / 8, DowntimeModel.Untaught()).Should().Contain("60,000 mappings: about 3.3 s");

    [Fact]
    public void Warning_SharedMemoryOverASlowLink_CountsTheLink() =>
        StateCost.Warning(Small with { SharedBytes = 129L << 20 }, 30e6 / 8, DowntimeModel.Untaught()).Should().Contain("129 MiB of shared memory: about 36").And.Contain("downtime of about 36");

    [Fact]
    public void Warning_SeveralCauses_NamesTheLargestFirst() =>
        StateCost.Warning(Small with { Processes = 101, Descriptors = 20_000 }, 0, DowntimeModel.Untaught()).Should().MatchRegex("101 processes: .*; 20,000 descriptors: ");

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

        Of(more, 0).Should().BeGreaterThan(Of(Small, 0) + TimeSpan.FromMilliseconds(50));
    }

    [Fact]
    public void Warning_LearnedThatProcessesCostLess_SaysWhatIsExpectedNow()
    {
        var model = DowntimeModel.Untaught();
        StateInventory many = Small with { Processes = 201 };
        for (int i = 0; i < 10; i++)
        {
            model.Learn(StateCost.PartsOf(many, 0), TimeSpan.FromMilliseconds(850));
        }

        StateCost.Warning(many, 0, DowntimeModel.Untaught()).Should().Contain("201 processes: about 1.6 s");
        StateCost.Warning(many, 0, model).Should().MatchRegex("201 processes: about (7[0-9]{2}|8[0-4][0-9]) ms");
    }

    private static TimeSpan Of(in StateInventory state, double bytesPerSecond) => DowntimeModel.Untaught().Expect(StateCost.PartsOf(state, bytesPerSecond));
}
