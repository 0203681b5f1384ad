using U2CMigration.EndToEndTests.Migration;
using U2CMigration.EndToEndTests.Testbed;
using U2CMigration.Testing;
using U2CMigration.Testing.Showing;

namespace U2CMigration.EndToEndTests.Children;

/// <summary>Memory that children must not get (MADV_WIPEONFORK, MADV_DONTFORK), also while it is still coming in on the destination.</summary>
[Collection<SharedRig>]
public sealed class WithheldMemoryTests(RigFixture fixture)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [Shows(Kind.Memory, "memory that children must not get (MADV_WIPEONFORK, MADV_DONTFORK)", Outcome.Moved)]
    [InlineData(7930, true)]
    [InlineData(7931, false)]
    public async Task Move_ForksWhileMemoryComesIn_ChildrenDoNotSeeIt(int port, bool hasOwnCgroup)
    {
        Requires.Testbed();

        // Each host has a /tmp of its own.
        string begin = $"/tmp/begin-{port}";
        (await fixture.Rig.ExecAsync(Rig.B, ["touch", begin], Cancellation)).Successful();
        await using RunningWorkload keeper = await RunningWorkload.StartAsync(fixture.Rig, "secrets", port, Cancellation, "--begin-with", begin);
        await using Agents agents = await Agents.StartAsync(fixture.Rig, Cancellation);
        if (hasOwnCgroup)
        {
            await keeper.PutIntoOwnCgroupAsync(Cancellation);
        }

        RunningWorkload.OperationsOf(await keeper.AskAsync("check", Cancellation)).Should().Be(0);
        await agents.MoveAsync(keeper.ProcessId, Cancellation);
        await Task.Delay(TimeSpan.FromSeconds(1), Cancellation);

        RunningWorkload.OperationsOf(await keeper.AskAsync("check", Cancellation)).Should().BePositive();
    }
}
