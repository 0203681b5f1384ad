using U2CMigration.PageTracking.Pages;
using U2CMigration.PageTracking.Recorded;

namespace U2CMigration.PageTracking.Tests.Recorded;

public sealed class RecordedPageTrackerTests
{
    private readonly RecordedPageTracker _tracker = new RecordingBuilder()
        .Round(static pages => pages.Add(1, 0x1000, 0x9000))
        .Round(static pages => pages.Add(2, 0x2000, 0x3000), static pages => pages.Add(1, 0x4000, 0x5000))
        .Build();

    [Fact]
    public void Collect_EachRound_ReportsWhatWasRecorded()
    {
        Collect().Of(1).Ranges.ToArray().Should().Equal(new PageRange(0x1000, 0x9000));
        Collect().Of(2).Ranges.ToArray().Should().Equal(new PageRange(0x2000, 0x3000));
    }

    [Fact]
    public void Collect_BehindTheLastRound_ReportsNothing()
    {
        Collect();
        Collect();

        Collect().PageCount.Should().Be(0);
    }

    [Fact]
    public void Collect_ProcessWithoutWrites_HasAnEmptyEntry() => Collect().TryGet(2, out _).Should().BeTrue();

    [Fact]
    public void CollectResident_WithoutARecordOfIt_IsEveryPageSeen()
    {
        Collect();
        PageSet resident = new();

        _tracker.CollectResident(resident);

        resident.Of(1).Ranges.ToArray().Should().Equal(new PageRange(0x1000, 0x9000));
    }

    [Fact]
    public void CollectResident_Recorded_IsTheRecord()
    {
        Collect();
        Collect();
        PageSet resident = new();

        _tracker.CollectResident(resident);

        resident.Of(1).Ranges.ToArray().Should().Equal(new PageRange(0x4000, 0x5000));
    }

    [Fact]
    public void ProcessIds_FromTheBeginning_AreAllOfTheRecord() => _tracker.ProcessIds.Should().Equal(1, 2);

    [Fact]
    public void Collect_Cancelled_DoesNotUseUpARound()
    {
        Action collect = () => _tracker.Collect(new PageSet(), new CancellationToken(canceled: true));

        collect.Should().Throw<OperationCanceledException>();
        _tracker.CollectedRounds.Should().Be(0);
    }

    private PageSet Collect()
    {
        PageSet dirty = new();
        _tracker.Collect(dirty);
        return dirty;
    }
}
