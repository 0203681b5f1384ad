using U2CMigration.Core.Convergence;
using U2CMigration.Core.Files;
using U2CMigration.Core.Source.FilesInStep;
using U2CMigration.PageTracking.Pages;
using U2CMigration.Prediction.Histories;
using U2CMigration.Strategy.Rounds;

namespace U2CMigration.Core.Tests.Source;

public sealed class FilesBookTests
{
    private const double Link = 1e6;

    private static readonly MigrationLimits NoLimit = new(Timeout.InfiniteTimeSpan, TimeSpan.FromMinutes(10), int.MaxValue);

    [Fact]
    public void HoldsUp_FilesWereNotAllSentOnce_Waits() => new FilesBook().HoldsUp(At(round: 5), NoLimit, Link).Should().BeTrue();

    /// <summary>The rounds are exhausted: the caller's limits count more.</summary>
    [Fact]
    public void HoldsUp_LimitsAreReached_Stops() => new FilesBook().HoldsUp(At(round: 5), NoLimit with { MaxRounds = 5 }, Link).Should().BeFalse();

    [Theory]
    [InlineData(400_000, true)]
    [InlineData(200_000, false)]
    public void HoldsUp_ALimitOfTheDowntime_IsHeldAgainstWhatTheFilesTakeAlone(long pending, bool waits)
    {
        // As much as in the round before: another one does not make it shorter.
        FilesBook book = After(pending, pending);

        book.TimeInFreeze(Link).Should().Be(TimeSpan.FromSeconds(pending / Link) + TimeSpan.FromMilliseconds(10));
        book.HoldsUp(At(round: 1), NoLimit with { DowntimeLimit = TimeSpan.FromMilliseconds(300) }, Link).Should().Be(waits);
    }

    [Theory]
    [InlineData(10_000_000, 1_000_000, true)]
    [InlineData(1_000_000, 900_000, false)]
    [InlineData(1_000_000, 1_000, false)]
    public void HoldsUp_NoLimit_WaitsWhileARoundLeavesMuchLess(long before, long after, bool waits) => After(before, after).HoldsUp(At(round: 1), NoLimit, Link).Should().Be(waits);

    [Fact]
    public void TimeInFreeze_LinkIsNotKnown_GoesByTheRoundsThemselves()
    {
        var book = new FilesBook();
        book.Note(new SentFiles { Entries = 1, Bytes = 2_000_000, PendingBytes = 1_000_000 }, TimeSpan.FromSeconds(1));

        book.TimeInFreeze(0).Should().Be(TimeSpan.FromMilliseconds(500));
    }

    [Fact]
    public void Report_AllRounds_AreAddedUp()
    {
        FilesBook book = After(0, 0);
        book.NoteFrozen(new SentFiles { Entries = 3, Bytes = 30 }, TimeSpan.FromMilliseconds(4));
        book.NoteTaken(TimeSpan.FromMilliseconds(9), compared: 12);

        book.Report.Should().BeEquivalentTo(new
        {
            Rounds = 3, Entries = 5L, Bytes = 230L, FrozenEntries = 3L, FrozenBytes = 30L, FrozenDuration = TimeSpan.FromMilliseconds(4), TakenDuration = TimeSpan.FromMilliseconds(9), ComparedEntries = 12L,
        });
    }

    private static FilesBook After(params long[] pending)
    {
        var book = new FilesBook();
        foreach (long bytes in pending)
        {
            book.Note(new SentFiles { Entries = 1, Bytes = 100, PendingBytes = bytes, FrozenTime = TimeSpan.FromMilliseconds(10) }, TimeSpan.FromSeconds(1));
        }

        return book;
    }

    private static RoundObservation At(int round)
    {
        var owed = new PageSet();
        return new RoundObservation
        {
            Round = round,
            Owed = owed,
            Dirty = owed,
            Delivered = new PageSet(),
            ArrivedPages = 0,
            Interval = TimeSpan.FromSeconds(1),
            ResidentPages = 1000,
            BandwidthBytesPerSecond = Link,
            Costs = WireCosts.Raw,
            Elapsed = TimeSpan.FromSeconds(1),
            Previous = null,
            FixedDowntime = TimeSpan.FromMilliseconds(100),
            Histories = new PageHistories(),
        };
    }
}
