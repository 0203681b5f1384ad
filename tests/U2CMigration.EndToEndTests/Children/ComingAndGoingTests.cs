using System.Globalization;
using U2CMigration.EndToEndTests.Migration;
using U2CMigration.EndToEndTests.Testbed;
using U2CMigration.Testing;
using U2CMigration.Testing.Showing;

namespace U2CMigration.EndToEndTests.Children;

/// <summary>Trees whose processes begin and end all the time move: before the freeze, in it, and while their memory comes in.</summary>
[Collection<SharedRig>]
public sealed class ComingAndGoingTests(RigFixture fixture)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Forks, vforks, execs, threads, orphans and zombies at random; each member checks its memory before it ends.</summary>
    [Theory]
    [Shows(Kind.Processes, "children, vforks, execs, threads, orphans and zombies that come and go", Outcome.Moved)]
    [InlineData("u2c", 7920, true, 11)]
    [InlineData("precopy-converge", 7921, false, 12)]
    [InlineData("stop-and-copy", 7922, true, 13)]
    public async Task Move_FamilyOfEverythingThatComesAndGoes_GoesOnWithEveryMemberRight(string strategy, int port, bool hasOwnCgroup, int seed)
    {
        Requires.Testbed();
        await using RunningWorkload family = await RunningWorkload.StartAsync(fixture.Rig, "churner", port, Cancellation, "--seed", $"{seed}");
        await using Agents agents = await Agents.StartAsync(fixture.Rig, Cancellation);
        if (hasOwnCgroup)
        {
            await family.PutIntoOwnCgroupAsync(Cancellation);
        }

        long before = RunningWorkload.OperationsOf(await family.AskAsync("check", Cancellation));
        await agents.MoveAsync(family.ProcessId, Cancellation, "--strategy", strategy);
        await Task.Delay(TimeSpan.FromSeconds(1), Cancellation);

        RunningWorkload.OperationsOf(await family.AskAsync("check", Cancellation)).Should().BeGreaterThan(before);
    }

    /// <summary>
    /// Something begins and ends in every moment. A control group stops all at once; CRIU alone stops one after the other, gives up where there are always new ones, and is asked
    /// again.
    /// </summary>
    [Theory]
    [Shows(Kind.Processes, "something that begins and ends in every moment", Outcome.Moved)]
    [Shows(Kind.Sockets, "connections over unix sockets within the tree that are made all the time", Outcome.Moved)]
    [InlineData("threads", 4, false)]
    [InlineData("threads", 40, true)]
    [InlineData("children", 6, false)]
    [InlineData("connections", 3, false)]
    [InlineData("connections", 16, true)]
    public async Task Move_TreeThatNeverHoldsStill_GoesOn(string of, int runners, bool hasOwnCgroup)
    {
        Requires.Testbed();
        await using RunningWorkload relay = await RunningWorkload.StartAsync(fixture.Rig, "relay", 7945, Cancellation, "--of", of, "--runners", $"{runners}");
        if (hasOwnCgroup)
        {
            await relay.PutIntoOwnCgroupAsync(Cancellation);
        }

        await using Agents agents = await Agents.StartAsync(fixture.Rig, Cancellation);
        await agents.MoveAsync(relay.ProcessId, Cancellation);
        long arrived = RunningWorkload.OperationsOf(await relay.AskAsync("check", Cancellation));
        await Task.Delay(TimeSpan.FromMilliseconds(200), Cancellation);

        RunningWorkload.OperationsOf(await relay.AskAsync("check", Cancellation)).Should().BeGreaterThan(arrived);
    }

    /// <summary>A child with so much memory that it takes long to give up, while it is read.</summary>
    [Fact]
    public async Task Move_ChildrenWithMuchMemoryEnd_GoesOn()
    {
        Requires.Testbed();
        await using RunningWorkload family = await RunningWorkload.StartAsync(fixture.Rig, "churner", 7923, Cancellation, "--child-kib", "65536", "--rate", "5");
        await using Agents agents = await Agents.StartAsync(fixture.Rig, Cancellation);

        await agents.MoveAsync(family.ProcessId, Cancellation);

        (await family.AskAsync("check", Cancellation)).Should().StartWith("ok ");
    }

    /// <summary>One connection is held through the move, others are opened and closed all the time, and the processes that serve them come and go.</summary>
    [Theory]
    [Shows(Kind.Processes, "a server with a process for each connection, or whose workers retire", Outcome.Moved)]
    [InlineData("workers", "u2c", 7924, true)]
    [InlineData("connections", "u2c", 7925, false)]
    [InlineData("connections", "precopy-qemu", 7926, true)]
    public Task Move_ServerOfProcesses_AnswersAllTheTime(string servedBy, string strategy, int port, bool hasOwnCgroup) =>
        ComingAndGoing.MoveServerAsync(fixture.Rig, servedBy, port, hasOwnCgroup, strategy, Cancellation);

    /// <summary>A script in a loop: it has children all the time, none for long.</summary>
    [Theory]
    [Shows(Kind.Processes, "a shell script with short-lived children", Outcome.Moved)]
    [Shows(Kind.Pipes, "pipes between processes of the tree", Outcome.Moved)]
    [InlineData("u2c", true)]
    [InlineData("u2c-unpredicted", false)]
    public Task Move_ShellLoop_GoesOnCounting(string strategy, bool hasOwnCgroup) => ComingAndGoing.MoveShellLoopAsync(fixture.Rig, hasOwnCgroup, strategy, Cancellation);

    /// <summary>make -j4 with thousands of short jobs that check what their pipes brought.</summary>
    [Fact]
    [Shows(Kind.Processes, "a parallel make with thousands of short jobs", Outcome.Moved)]
    public Task Move_ParallelMake_BuildsOn() => ComingAndGoing.MoveMakeAsync(fixture.Rig, hasOwnCgroup: true, "u2c", Cancellation);
}
