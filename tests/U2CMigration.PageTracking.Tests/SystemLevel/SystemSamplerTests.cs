using U2CMigration.PageTracking.SystemLevel;
using U2CMigration.Testing;

namespace U2CMigration.PageTracking.Tests.SystemLevel;

public sealed class SystemSamplerTests
{
    [Fact]
    public void Sample_AfterThisProcessTouchedAndWrote_CountersHaveGrown()
    {
        using var sampler = new SystemSampler(Environment.ProcessId);
        SystemSample before = sampler.Sample();

        byte[] fresh = GC.AllocateUninitializedArray<byte>(8 << 20);
        for (int i = 0; i < fresh.Length; i += 4096)
        {
            fresh[i] = 1;
        }

        using (FileStream nowhere = File.OpenWrite("/dev/null"))
        {
            nowhere.Write(fresh);
        }

        SystemSample after = sampler.Sample();
        (after.PageFaults - before.PageFaults).Should().BePositive();
        (after.ContextSwitches - before.ContextSwitches).Should().BeGreaterThanOrEqualTo(0);
        (after.BytesWritten - before.BytesWritten).Should().BeGreaterThanOrEqualTo(fresh.Length);
        after.FreeMemoryBytes.Should().BePositive();
        after.RunnableTasks.Should().BePositive();
        after.SoftInterrupts.Should().BePositive();
    }

    [Fact]
    public void Sample_Again_AllocatesNothing()
    {
        using var sampler = new SystemSampler(Environment.ProcessId);
        for (int i = 0; i < 100; i++)
        {
            sampler.Sample();
        }

        long allocated = Allocation.LeastOf(5, () =>
        {
            for (int i = 0; i < 100; i++)
            {
                sampler.Sample();
            }
        });

        allocated.Should().Be(0);
    }

    [Fact]
    public void Sample_ProcessIsGone_GivesTheFiguresOfTheMachine()
    {
        using var sampler = new SystemSampler(int.MaxValue);

        SystemSample sample = sampler.Sample();

        sample.BytesWritten.Should().Be(0);
        sample.PageFaults.Should().BePositive();
    }
}
