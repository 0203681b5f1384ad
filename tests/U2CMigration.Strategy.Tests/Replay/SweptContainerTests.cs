using U2CMigration.PageTracking.Pages;
using U2CMigration.Strategy.Replay;
using U2CMigration.Strategy.Strategies;

namespace U2CMigration.Strategy.Tests.Replay;

public sealed class SweptContainerTests
{
    [Theory]
    [InlineData(0, 1, 10 + 20)]
    [InlineData(4, 5, 10 + 20)] // from page 80 of 90 over the end to page 10
    [InlineData(0, 60, 100)]
    public void Collect_SomeSeconds_GivesHotAndSweptPages(double from, double to, long expected)
    {
        var written = new PageSet();

        new SweptContainer(100, 10, 20).Collect(TimeSpan.FromSeconds(from), TimeSpan.FromSeconds(to), written);

        written.PageCount.Should().Be(expected);
    }

    [Fact]
    public void Replay_OneTebibyte_SendsEveryPage()
    {
        const long Pages = (1L << 40) / PageSize.Bytes;
        var workload = new SweptContainer(Pages, Pages / 1000, 100_000);
        var conditions = new ReplayConditions { BandwidthBytesPerSecond = 1.25e9, MaxDuration = TimeSpan.FromHours(1) };

        ReplayResult result = MigrationReplay.Run(workload, conditions, new QemuPreCopyStrategy(TimeSpan.FromSeconds(2)));

        result.StoppedByStrategy.Should().BeTrue();
        result.WireBytes.Should().BeGreaterThan(Pages * (double)PageSize.Bytes);
    }
}
