using U2CMigration.Core.Source;
using U2CMigration.Strategy.Rounds;
using U2CMigration.Transport.Pages;

namespace U2CMigration.Core.Tests.Source;

public sealed class BatchSizeTests
{
    private static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(50);

    [Theory]
    [InlineData(2_000, BatchSize.LeastPages)]
    [InlineData(10_000, 100)]
    [InlineData(1_000_000, PageBatch.MaxPages)]
    public void Of_SentPerSecond_IsAFifthOfASlice(long pages, int expected) =>
        BatchSize.Of(Slice, new RoundOutcome(0, 0, pages, TimeSpan.FromSeconds(1))).Should().Be(expected);

    [Fact]
    public void Of_NothingKnown_IsTheLeast()
    {
        BatchSize.Of(Slice, null).Should().Be(BatchSize.LeastPages);
        BatchSize.Of(Slice, new RoundOutcome(0, 0, 0, TimeSpan.Zero)).Should().Be(BatchSize.LeastPages);
    }

    [Fact]
    public void Of_RoundSentToItsEnd_IsFull() => BatchSize.Of(Timeout.InfiniteTimeSpan, null).Should().Be(PageBatch.MaxPages);
}
