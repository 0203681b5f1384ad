using U2CMigration.Core.Source;
using U2CMigration.PageTracking;
using U2CMigration.PageTracking.Recorded;

namespace U2CMigration.Core.Tests.Source;

/// <summary>What may be hidden from CRIU is what the tracker can tell instead.</summary>
public sealed class HiddenMemoryTests
{
    private static readonly int Own = Environment.ProcessId;

    [Fact]
    public void CanHide_TrackedProcess_IsTrue() => HiddenMemory.CanHide(Tracker(Own), Own).Should().BeTrue();

    [Fact]
    public void CanHide_NoTrackerYet_IsFalse() => HiddenMemory.CanHide(null, Own).Should().BeFalse();

    /// <summary>A child that was forked after the last look.</summary>
    [Fact]
    public void CanHide_UntrackedProcess_IsFalse() => HiddenMemory.CanHide(Tracker(1), Own).Should().BeFalse();

    /// <summary>The library asks under a net: CRIU then looks for itself.</summary>
    [Fact]
    public void CanHide_ProcessThatHasEnded_Throws()
    {
        const int NoProcess = int.MaxValue;
        Action act = () => HiddenMemory.CanHide(Tracker(NoProcess), NoProcess);
        act.Should().Throw<PageTrackingException>();
    }

    private static RecordedPageTracker Tracker(int processId) => new RecordingBuilder().Round(pages => pages.Add(processId, 0x1000, 0x2000)).Build();
}
