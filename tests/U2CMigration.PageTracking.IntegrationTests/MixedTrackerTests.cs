using U2CMigration.PageTracking.ContentHash;
using U2CMigration.PageTracking.IntegrationTests.Workload;
using U2CMigration.PageTracking.Mixed;
using U2CMigration.PageTracking.Pages;
using U2CMigration.PageTracking.Reading;
using U2CMigration.PageTracking.Trackers;
using U2CMigration.PageTracking.WriteProtect;
using U2CMigration.Testing;

namespace U2CMigration.PageTracking.IntegrationTests;

/// <summary>Each process gets the best tracker that works for it, and is as it was.</summary>
public sealed class MixedTrackerTests
{
    private const int Pages = 256;
    private const string Compat = "i386/compat";

    public MixedTrackerTests() => TrackingNeeds.WriteProtect();

    private static string Fallback => Features.KernelFeatures.Probe().MissingForSoftDirty.Count == 0 ? "soft-dirty" : "content-hash";

    [Theory]
    [InlineData("nothing")]
    [InlineData("novdso")]
    [InlineData("locked")]
    [InlineData("undumpable")]
    [InlineData("nonewprivs")]
    [InlineData("nospace")]
    [InlineData("strict")]
    [InlineData("thunk 3")]
    public void Collect_ProcessThatCanBeEntered_IsWriteProtectedAndExact(string peculiarity)
    {
        using MemoryWriter writer = new();
        MemoryBlock block = writer.Map(Pages);
        block.WriteAll();
        string descriptors = writer.Ask("descriptors");
        bool takesTime = Become(writer, peculiarity);
        using IPageTracker tracker = PageTrackers.Create(TrackerKind.Auto, writer.ProcessId);
        if (takesTime)
        {
            writer.Answer().Should().Be("ok");
        }

        tracker.Collect().Count(block).Should().Be(Pages);

        block.Write(7, 100);

        tracker.Collect().ShouldBeExactly(block, 7, 100);
        tracker.Name.Should().Be("write-protect");
        if (peculiarity != "strict")
        {
            writer.Ask("descriptors").Should().Be(descriptors);
        }
    }

    [Theory]
    [InlineData("nofiles", "RLIMIT_NOFILE")]
    [InlineData("allfiles", "RLIMIT_NOFILE")]
    [InlineData("dispatch", "PR_SET_SYSCALL_USER_DISPATCH")]
    public void Collect_ProcessThatCanNotBeEntered_IsTrackedOtherwiseAndExact(string peculiarity, string reason)
    {
        using MemoryWriter writer = new();
        MemoryBlock block = writer.Map(Pages);
        block.WriteAll();
        Become(writer, peculiarity);
        using MixedTracker tracker = MixedTracker.Attach(writer.ProcessId);
        tracker.Collect().Count(block).Should().Be(Pages);

        block.Write(7, 100);

        tracker.Collect().ShouldBeExactly(block, 7, 100);
        tracker.Name.Should().Be(Fallback);
        tracker.Unentered.Should().ContainSingle().Which.Should().Match<UnenteredProcess>(process => process.ProcessId == writer.ProcessId && process.Reason.Contains(reason));
        tracker.CollectResident().Count(block).Should().Be(Pages);
        writer.Ask("ops").Should().Be("0", "it runs on");
    }

    [Theory]
    [InlineData("nofiles", "*RLIMIT_NOFILE*")]
    [InlineData("dispatch", "*PR_SET_SYSCALL_USER_DISPATCH*")]
    public void Attach_WriteProtectAskedFor_IsRefusedWithTheReason(string peculiarity, string reason)
    {
        using MemoryWriter writer = new();
        Become(writer, peculiarity);

        Action attach = () => PageTrackers.Create(TrackerKind.WriteProtect, writer.ProcessId);

        attach.Should().Throw<PageTrackingException>().WithMessage(reason);
        writer.Ask("ops").Should().Be("0", "it runs on");
    }

    [Fact]
    public void Collect_SleepsWhereNothingStopsIt_IsEnteredAfterwardsWithoutReportingAllAgain()
    {
        using MemoryWriter writer = new();
        MemoryBlock block = writer.Map(Pages);
        block.WriteAll();
        writer.Do("doze 2");
        Signals.WaitForState(writer.ProcessId, 'D').Should().BeTrue();
        using IPageTracker tracker = PageTrackers.Create(TrackerKind.Auto, writer.ProcessId);
        tracker.Collect().Count(block).Should().Be(Pages);
        tracker.Name.Should().Be(Fallback);

        block.Write(7, 100);

        tracker.Collect().ShouldBeExactly(block, 7, 100);
        ShouldTurn(tracker, "write-protect", block);
    }

    [Fact]
    public void Collect_DescriptorBecomesFree_IsWriteProtectedFromThenOn()
    {
        using MemoryWriter writer = new();
        MemoryBlock block = writer.Map(Pages);
        block.WriteAll();
        Become(writer, "allfiles");
        using IPageTracker tracker = PageTrackers.Create(TrackerKind.Auto, writer.ProcessId);
        tracker.Collect();
        writer.Do("be freefile");

        ShouldTurn(tracker, "write-protect", block);
        block.Write(7, 100);

        tracker.Collect().ShouldBeExactly(block, 7, 100);
    }

    /// <summary>A page that was copied while it changed, before the change of trackers, is not forgotten over it.</summary>
    [Fact]
    public void Collect_CopiedInMidChangeBeforeTheChangeOver_IsStillReported()
    {
        using MemoryWriter writer = new();
        MemoryBlock block = writer.Map(2);
        block.WriteAll();
        Become(writer, "allfiles");
        using MixedTracker tracker = MixedTracker.Attach(writer.ProcessId);
        tracker.Collect();
        PageRange[] copied = [new PageRange(block.Address, block.Address + 4096)];
        tracker.BeginCopy(writer.ProcessId, copied);
        tracker.EndCopy(writer.ProcessId, copied, new byte[4096], new PageBitmap(stackalloc ulong[1]));
        writer.Do("be freefile");

        PageSet found = new();
        for (int look = 0; look < 10 && tracker.Name != "write-protect"; look++)
        {
            tracker.Collect(found = new PageSet());
            if (found.Count(block) > 0)
            {
                break;
            }
        }

        found.Count(block.Part(0, 1)).Should().Be(Fallback == "content-hash" ? 1 : 0);
    }

    [Fact]
    public void Collect_OneProcessOfSeveralCanNotBeEntered_TheOthersAreWriteProtected()
    {
        using MemoryWriter writer = new();
        MemoryBlock block = writer.Map(Pages);
        block.WriteAll();
        int child = writer.Fork();
        writer.Do($"to {child} be nofiles");
        using IPageTracker tracker = PageTrackers.Create(TrackerKind.Auto, writer.ProcessId);
        tracker.Collect();

        block.Write(7, 100);
        writer.Do($"to {child} write {block.Address:x} {Pages} 8 200 u");

        PageSet dirty = tracker.Collect();
        dirty.ShouldBeExactly(block, 7, 100);
        dirty.ShouldBeExactly(block, 8, 200, child);
        tracker.Name.Should().Be($"write-protect+{Fallback}");
    }

    [Fact]
    public void Collect_ChildThatCanNotBeEnteredTurnsUpAndEnds_NameFollows()
    {
        using MemoryWriter writer = new();
        MemoryBlock block = writer.Map(Pages);
        block.WriteAll();
        using IPageTracker tracker = PageTrackers.Create(TrackerKind.Auto, writer.ProcessId);
        tracker.Collect();
        int child = writer.Fork();
        writer.Do($"to {child} be nofiles");

        tracker.Collect().Count(block, child).Should().Be(Pages);
        writer.Do($"to {child} write {block.Address:x} {Pages} 8 200 u");
        tracker.Collect().ShouldBeExactly(block, 8, 200, child);
        tracker.Name.Should().Be($"write-protect+{Fallback}");
        writer.Do($"to {child} quit");
        tracker.Collect();

        tracker.Name.Should().Be("write-protect");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Collect_ChildExecutes32BitCode_IsWriteProtectedAndExact(bool losesVdso)
    {
        string program = NativeProgram.Build(Compat);
        using MemoryWriter writer = new();
        using IPageTracker tracker = PageTrackers.Create(TrackerKind.Auto, writer.ProcessId);
        int child = writer.Fork();
        tracker.Collect();
        writer.Ask($"to {child} exec {program}").Should().Be("ready");
        if (losesVdso)
        {
            writer.Do($"to {child} novdso");
        }

        MemoryBlock block = new(writer, ulong.Parse(writer.Ask($"to {child} map {Pages}"), System.Globalization.NumberStyles.HexNumber), Pages);
        writer.Do($"to {child} write {block.Address:x} {Pages} 1 1000 u");
        tracker.Collect().Count(block, child).Should().Be(Pages);

        writer.Do($"to {child} write {block.Address:x} {Pages} 7 100 u");

        tracker.Collect().ShouldBeExactly(block, 7, 100, child);
        tracker.Name.Should().Be("write-protect");
    }

    [Theory]
    [InlineData(TrackerKind.Auto, false)]
    [InlineData(TrackerKind.Auto, true)]
    [InlineData(TrackerKind.WriteProtect, false)]
    [InlineData(TrackerKind.WriteProtect, true)]
    public void Collect_32BitProgram_IsExactAndKeepsDescriptorsAndSegments(TrackerKind kind, bool losesVdso)
    {
        using MemoryWriter writer = new(program: Compat);
        MemoryBlock block = writer.Map(Pages);
        block.WriteAll();
        string descriptors = writer.Ask("descriptors");
        if (losesVdso)
        {
            writer.Do("novdso");
        }

        using IPageTracker tracker = PageTrackers.Create(kind, writer.ProcessId);
        tracker.Collect();

        block.Write(7, 100);

        tracker.Collect().ShouldBeExactly(block, 7, 100);
        writer.Ask("descriptors").Should().Be(descriptors);
        tracker.Name.Should().Be("write-protect");
    }

    [Fact]
    public void Attach_32BitProgramManyTimes_RunsOn()
    {
        using MemoryWriter writer = new(program: Compat);
        for (int i = 0; i < 200; i++)
        {
            PageTrackers.Create(TrackerKind.Auto, writer.ProcessId).Dispose();
        }

        MemoryBlock block = writer.Map(Pages);
        block.WriteAll();
    }

    /// <summary>The policy of this program kills whoever calls userfaultfd, and a tracker with a policy of its own may not suspend it.</summary>
    [Fact]
    public void Attach_PolicyThatMayNotBeSuspended_IsNotTriedAndTheProcessLives()
    {
        using MemoryWriter writer = new("seccomp");
        MemoryBlock block = writer.Map(Pages);
        block.WriteAll();
        using IPageTracker tracker = OwnPolicy.RunUnder(() => PageTrackers.Create(TrackerKind.Auto, writer.ProcessId));
        OwnPolicy.RunUnder(tracker.Collect);

        block.Write(7, 100);

        OwnPolicy.RunUnder(tracker.Collect).ShouldBeExactly(block, 7, 100);
        tracker.Name.Should().Be(Fallback);
    }

    [Fact]
    public void Attach_SecondTracker_IsRefused()
    {
        using MemoryWriter writer = new();
        using IPageTracker first = PageTrackers.Create(TrackerKind.Auto, writer.ProcessId);
        first.Collect();

        Action attach = () => PageTrackers.Create(TrackerKind.Auto, writer.ProcessId);

        attach.Should().Throw<PageTrackingException>().WithMessage("*already tracked*");
    }

    [Fact]
    public void Attach_TracedProcess_IsRefused()
    {
        using MemoryWriter writer = new();
        using TracerProcess tracer = new(writer.ProcessId);

        Action attach = () => PageTrackers.Create(TrackerKind.Auto, writer.ProcessId);

        attach.Should().Throw<PageTrackingException>().WithMessage($"*already traced by process {tracer.ProcessId}*");
    }

    [Fact]
    public void Attach_FrozenProcess_IsRefused()
    {
        using MemoryWriter writer = new();
        using FrozenGroup group = FrozenGroup.Freeze(2, writer.ProcessId);

        Action attach = () => PageTrackers.Create(TrackerKind.Auto, writer.ProcessId);

        attach.Should().Throw<PageTrackingException>().WithMessage("*frozen by its control group*");
    }

    /// <returns>Whether the answer comes later.</returns>
    private static bool Become(MemoryWriter writer, string peculiarity)
    {
        bool takesTime = peculiarity.StartsWith("thunk", StringComparison.Ordinal);
        if (takesTime)
        {
            writer.Tell($"be {peculiarity}");
            Thread.Sleep(200);
        }
        else if (peculiarity != "nothing")
        {
            writer.Do($"be {peculiarity}");
        }

        return takesTime;
    }

    /// <summary>The tracker changes its way within a few looks, and none of them reports pages that were not written.</summary>
    private static void ShouldTurn(IPageTracker tracker, string name, MemoryBlock block)
    {
        for (int look = 0; look < 200 && tracker.Name != name; look++)
        {
            Thread.Sleep(20);
            tracker.Collect().Count(block).Should().Be(0);
        }

        tracker.Name.Should().Be(name);
    }
}
