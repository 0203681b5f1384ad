using U2CMigration.Testing;

namespace U2CMigration.EndToEndTests.Testbed;

/// <summary>The workloads that migrations are tested with notice wrong memory, and survive plain CRIU between the hosts of a rig.</summary>
[Collection<SharedRig>]
public sealed class NativeWorkloadTests(RigFixture fixture)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("familytree", 7801)]
    [InlineData("shapeshifter", 7802)]
    [InlineData("cg", 7811)]
    [InlineData("trainer", 7812)]
    [InlineData("sorter", 7813)]
    [InlineData("idle", 7814)]
    public async Task Check_DumpedAndRestoredOnAnotherHost_IsOkAndGoesOn(string program, int port)
    {
        Requires.Testbed();
        await using RunningWorkload workload = await RunningWorkload.StartAsync(fixture.Rig, program, port, Cancellation);
        long before = RunningWorkload.OperationsOf(await workload.AskAsync("check", Cancellation));

        await workload.MoveByPlainCriuAsync(Cancellation);
        long after = RunningWorkload.OperationsOf(await workload.AskAsync("check", Cancellation));

        after.Should().BeGreaterThan(before);
    }

    [Fact]
    public async Task Fork_AfterRestore_AddsAMemberThatChecksItself()
    {
        Requires.Testbed();
        await using RunningWorkload family = await RunningWorkload.StartAsync(fixture.Rig, "familytree", 7803, Cancellation);
        (await family.AskAsync("fork", Cancellation)).Should().StartWith("ok ");
        await family.MoveByPlainCriuAsync(Cancellation);

        (await family.AskAsync("fork", Cancellation)).Should().StartWith("ok ");
        string answer = await family.AskAsync("check", Cancellation);

        answer.Should().StartWith("ok members=5 threads=8");
    }

    [Theory]
    [InlineData("familytree", 7804)]
    [InlineData("shapeshifter", 7805)]
    [InlineData("cg", 7821)]
    [InlineData("trainer", 7822)]
    [InlineData("sorter", 7823)]
    [InlineData("idle", 7824)]
    public async Task Check_OneWordOfMemoryChanged_NamesThePage(string program, int port)
    {
        Requires.Testbed();
        await using RunningWorkload workload = await RunningWorkload.StartAsync(fixture.Rig, program, port, Cancellation);
        string answer = await workload.AskAsync("check", Cancellation);

        // More than once: the workload may discard or unmap the very page before it looks at it.
        for (int attempt = 0; attempt < 10 && answer.StartsWith("ok ", StringComparison.Ordinal); attempt++)
        {
            await workload.AskAsync("corrupt", Cancellation);
            answer = await workload.AskAsync("check", Cancellation);
        }

        answer.Should().StartWith("mismatch: ").And.Contain("word ");
    }
}
