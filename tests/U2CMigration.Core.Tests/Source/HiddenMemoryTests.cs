using System.Runtime.InteropServices;
using U2CMigration.Core.Source;
using U2CMigration.PageTracking;
using U2CMigration.PageTracking.Recorded;

namespace U2CMigration.Core.Tests.Source;

/// <summary>What may be hidden from CRIU is what the tracker can tell instead.</summary>
public sealed partial class HiddenMemoryTests
{
    private static readonly int Own = Environment.ProcessId;

    [Fact]
    public void CanHide_TrackedProcess_IsTrue() => HiddenMemory.CanHide(Tracker(Own), Own).Should().BeTrue();

    [Fact]
    public void CanHide_NoTrackerYet_IsFalse() => HiddenMemory.CanHide(null, Own).Should().BeFalse();

    /// <summary>A child that was forked after the last scan: the one of the frozen tree finds it, before its pages are needed.</summary>
    [Fact]
    public void CanHide_ProcessForkedSince_IsTrue() => HiddenMemory.CanHide(Tracker(1), Own).Should().BeTrue();

    /// <summary>The tracker does not report huge pages of hugetlbfs, so CRIU has to see them.</summary>
    [Fact]
    public void CanHide_ProcessWithHugePages_IsFalse()
    {
        const int ReadAndWrite = 3;
        const int PrivateAnonymousHugeNotReserved = 0x02 | 0x20 | 0x40000 | 0x4000;
        const nuint Bytes = 2 << 20;
        nint mapping = mmap(0, Bytes, ReadAndWrite, PrivateAnonymousHugeNotReserved, -1, 0);
        Assert.SkipUnless(mapping != -1, "this kernel has no huge pages of hugetlbfs");
        try
        {
            HiddenMemory.CanHide(Tracker(Own), Own).Should().BeFalse();
        }
        finally
        {
            _ = munmap(mapping, Bytes);
        }
    }

    /// <summary>The library asks under a net: CRIU then looks for itself.</summary>
    [Fact]
    public void CanHide_ProcessThatHasEnded_Throws()
    {
        const int NoProcess = int.MaxValue;
        Action act = () => HiddenMemory.CanHide(Tracker(NoProcess), NoProcess);
        act.Should().Throw<PageTrackingException>();
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint mmap(nint address, nuint length, int protection, int flags, int descriptor, nint offset);

    [LibraryImport("libc")]
    private static partial int munmap(nint address, nuint length);

    private static RecordedPageTracker Tracker(int processId) => new RecordingBuilder().Round(pages => pages.Add(processId, 0x1000, 0x2000)).Build();
}
