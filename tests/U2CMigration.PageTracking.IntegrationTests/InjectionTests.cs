using System.Diagnostics;
using U2CMigration.PageTracking.IntegrationTests.Workload;
using U2CMigration.PageTracking.WriteProtect;

namespace U2CMigration.PageTracking.IntegrationTests;

/// <summary>Processes are entered and left as they were.</summary>
public sealed class InjectionTests
{
    public InjectionTests() => TrackingNeeds.WriteProtect();

    [Theory]
    [InlineData("")]
    [InlineData("nobody")]
    [InlineData("seccomp")]
    public void Collect_OrdinaryUnprivilegedOrFilteredProcess_IsExact(string mode)
    {
        using MemoryWriter writer = new(mode);
        MemoryBlock block = writer.Map(256);
        block.WriteAll();
        using WriteProtectTracker tracker = WriteProtectTracker.Attach(writer.ProcessId);
        tracker.Collect();

        block.Write(7, 100, 'k');

        tracker.Collect().ShouldBeExactly(block, 7, 100);
    }

    [Fact]
    public void Attach_LeavesNoDescriptorBehind()
    {
        using MemoryWriter writer = new();
        string before = writer.Ask("descriptors");

        using WriteProtectTracker tracker = WriteProtectTracker.Attach(writer.ProcessId);

        writer.Ask("descriptors").Should().Be(before);
    }

    [Fact]
    public void Attach_ManyTimesWhileRunning_ProcessKeepsComputing()
    {
        using MemoryWriter writer = new();
        writer.Do("chaos 2 5");

        for (int i = 0; i < 200; i++)
        {
            WriteProtectTracker.Attach(writer.ProcessId).Dispose();
        }

        writer.Ask("ops").Should().NotBe("0");
    }

    [Fact]
    public void Attach_ChildOfThisProgram_IsNotTakenForEnded()
    {
        using MemoryWriter writer = new();

        for (int i = 0; i < 100; i++)
        {
            WriteProtectTracker.Attach(writer.ProcessId).Dispose();
        }

        writer.HasEnded.Should().BeFalse();
    }

    [Fact]
    public void Attach_TracedProcess_SaysByWhom()
    {
        using MemoryWriter writer = new();
        using TracerProcess tracer = new(writer.ProcessId);

        Action attach = () => WriteProtectTracker.Attach(writer.ProcessId);

        attach.Should().Throw<PageTrackingException>().WithMessage($"*already traced by process {tracer.ProcessId}*");
    }

    [Fact]
    public void Attach_NoSuchProcess_SaysItHasEnded()
    {
        MemoryWriter writer = new();
        writer.Kill();

        Action attach = () => WriteProtectTracker.Attach(writer.ProcessId);

        attach.Should().Throw<PageTrackingException>().WithMessage("*has ended*");
        writer.Dispose();
    }

    [Fact]
    public void Attach_OwnProcess_IsRefused()
    {
        Action attach = () => WriteProtectTracker.Attach(Environment.ProcessId);

        attach.Should().Throw<ArgumentException>().WithMessage("*contains the calling process*");
    }

    [Fact]
    public void Attach_SecondTracker_IsRefused()
    {
        using MemoryWriter writer = new();
        using WriteProtectTracker first = WriteProtectTracker.Attach(writer.ProcessId);
        first.Collect();

        Action attach = () => WriteProtectTracker.Attach(writer.ProcessId);

        attach.Should().Throw<PageTrackingException>().WithMessage("*already tracked*");
    }

    [Fact]
    public void Attach_StoppedProcess_LeavesItStopped()
    {
        using MemoryWriter writer = new();
        Signals.Stop(writer.ProcessId);

        using WriteProtectTracker tracker = WriteProtectTracker.Attach(writer.ProcessId);

        Signals.WaitForState(writer.ProcessId, 'T').Should().BeTrue();
    }

    [Fact]
    public void Attach_StoppedProcess_RunsOnAfterContinue()
    {
        using MemoryWriter writer = new();
        Signals.Stop(writer.ProcessId);
        WriteProtectTracker.Attach(writer.ProcessId).Dispose();

        Signals.Send(writer.ProcessId, Signals.Continue);

        writer.Ask("ops").Should().Be("0");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Attach_FrozenProcess_SaysSoAtOnce(int version)
    {
        using MemoryWriter writer = new();
        using FrozenGroup group = FrozenGroup.Freeze(version, writer.ProcessId);

        Action attach = () => WriteProtectTracker.Attach(writer.ProcessId);

        attach.Should().Throw<PageTrackingException>().WithMessage("*frozen by its control group*");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Collect_ChildForkedJustBeforeTheFreeze_IsReportedInFullEachTime(int version)
    {
        using MemoryWriter writer = new();
        MemoryBlock block = writer.Map(256);
        block.WriteAll();
        using WriteProtectTracker tracker = WriteProtectTracker.Attach(writer.ProcessId);
        tracker.Collect();
        int child = writer.Fork();
        using FrozenGroup group = FrozenGroup.Freeze(version, writer.ProcessId, child);
        tracker.Collect().Count(block, child).Should().Be(256);

        tracker.Collect().Count(block, child).Should().Be(256);
    }

    [Fact]
    public void Collect_FrozenTree_IsExact()
    {
        using MemoryWriter writer = new();
        MemoryBlock block = writer.Map(256);
        block.WriteAll();
        using WriteProtectTracker tracker = WriteProtectTracker.Attach(writer.ProcessId);
        tracker.Collect();
        block.Write(7, 100);

        using FrozenGroup group = FrozenGroup.Freeze(2, writer.ProcessId);

        tracker.Collect().ShouldBeExactly(block, 7, 100);
    }

    [Fact]
    public void Dispose_WhileRunning_LeavesNoProtectionBehind()
    {
        using MemoryWriter writer = new();
        MemoryBlock block = writer.Map(256);
        block.WriteAll();
        WriteProtectTracker tracker = WriteProtectTracker.Attach(writer.ProcessId);
        tracker.Collect();

        tracker.Dispose();

        PageEntries.CountWriteProtected(block).Should().Be(0);
    }

    [Fact]
    public void Dispose_WhileRunning_LeavesNoRegistrationBehind()
    {
        using MemoryWriter writer = new();
        WriteProtectTracker tracker = WriteProtectTracker.Attach(writer.ProcessId);
        tracker.Collect();

        tracker.Dispose();

        File.ReadAllText($"/proc/{writer.ProcessId}/smaps").Should().NotContain(" uw");
    }

    [Fact]
    public void Collect_AfterDispose_Throws()
    {
        using MemoryWriter writer = new();
        WriteProtectTracker tracker = WriteProtectTracker.Attach(writer.ProcessId);
        tracker.Dispose();

        tracker.Invoking(static t => t.Collect()).Should().Throw<ObjectDisposedException>();
    }
}
