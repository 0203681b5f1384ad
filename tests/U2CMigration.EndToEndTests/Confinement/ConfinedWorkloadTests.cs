using System.Text.Json;
using U2CMigration.EndToEndTests.Migration;
using U2CMigration.EndToEndTests.Testbed;
using U2CMigration.Testing;
using U2CMigration.Testing.Showing;

namespace U2CMigration.EndToEndTests.Confinement;

/// <summary>Workloads that are confined by filters of system calls, or reserve far more address space than there is memory, move like any other and stay as they were.</summary>
[Collection<SharedRig>]
public sealed class ConfinedWorkloadTests(RigFixture fixture)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [Shows(Kind.Protections, "filters of system calls (seccomp), on all threads, on one, and strict mode", Outcome.Moved)]
    [Shows(Kind.Memory, "address space that is only reserved, also far more than there is memory", Outcome.Moved)]
    [Shows(Kind.Memory, "guard regions (MADV_GUARD_INSTALL)", Outcome.Moved)]
    [InlineData("filter", 8101, true)]
    [InlineData("filter", 8102, false)]
    [InlineData("all-threads", 8103, true)]
    [InlineData("one-thread", 8104, false)]
    [InlineData("ever-more-filters", 8105, true)]
    [InlineData("strict-child", 8106, false)]
    [InlineData("reserved", 8107, true)]
    [InlineData("reserved", 8108, false)]
    [InlineData("reserved-terabytes", 8109, true)]
    [InlineData("reserved-readable", 8110, true)]
    [InlineData("reserved-writable", 8111, true)]
    [InlineData("guards", 8112, true)]
    public async Task Move_ConfinedWorkload_StaysConfinedWithEveryPageEqual(string kind, int port, bool hasOwnCgroup)
    {
        Requires.Testbed();
        await using RunningWorkload workload = await RunningWorkload.StartAsync(fixture.Rig, "confined", port, Cancellation, "--kind", kind);
        await using Agents agents = await Agents.StartAsync(fixture.Rig, Cancellation);
        if (hasOwnCgroup)
        {
            await workload.PutIntoOwnCgroupAsync(Cancellation);
        }

        long before = RunningWorkload.OperationsOf(await workload.AskAsync("check", Cancellation));
        JsonElement result = await agents.MoveAsync(workload.ProcessId, Cancellation);
        long after = RunningWorkload.OperationsOf(await workload.AskAsync("check", Cancellation));

        after.Should().BeGreaterThan(before);
        result.GetProperty("pagesVerified").GetInt64().Should().BePositive();
    }

    [Fact]
    public async Task Move_ReservationsIntoFlatImages_GoesOnWithEveryPageEqual()
    {
        Requires.Testbed();
        await using RunningWorkload workload = await RunningWorkload.StartAsync(fixture.Rig, "confined", 8113, Cancellation, "--kind", "reserved-terabytes");
        await using Agents agents = await Agents.StartAsync(fixture.Rig, Cancellation, "--restore-mode", "flat-images");
        await workload.PutIntoOwnCgroupAsync(Cancellation);

        await agents.MoveAsync(workload.ProcessId, Cancellation);

        (await workload.AskAsync("check", Cancellation)).Should().StartWith("ok ");
    }
}
