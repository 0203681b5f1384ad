using System.Text.Json;
using U2CMigration.EndToEndTests.Migration;
using U2CMigration.EndToEndTests.Testbed;
using U2CMigration.Testing;
using U2CMigration.Testing.Showing;

namespace U2CMigration.EndToEndTests.CarriedState;

/// <summary>What CRIU's images leave out or keep wrong is as it was after a move, and what cannot be is named.</summary>
[Collection<SharedRig>]
public sealed class CarriedStateTests(RigFixture fixture)
{
    private const string LimitedGroup = "/sys/fs/cgroup/pids/limited";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [Shows(Kind.Timers, "timer descriptors: periodic, for once, fired and not read, by absolute time", Outcome.CarriedBeside)]
    [Shows(Kind.Timers, "POSIX timers and interval timers", Outcome.Moved, Because = "Interval timers for once, which CRIU before 4.2 leaves out, travel beside its images.")]
    [Shows(Kind.Attributes, "processor affinity, scheduling, timer slack, I/O priority, core dump filter, personality and others, of each thread", Outcome.CarriedBeside, Because = "Processors that the destination lacks are mapped onto those that it has, with a warning.")]
    [Shows(Kind.Sockets, "60 options of TCP, UDP and unix sockets, and multicast groups", Outcome.CarriedBeside)]
    [InlineData("timers", 8401, true)]
    [InlineData("attributes", 8402, true)]
    [InlineData("attributes", 8403, false)]
    [InlineData("sockets", 8404, true)]
    public async Task Move_WhatLiesInNoImage_IsAsItWas(string program, int port, bool hasOwnCgroup)
    {
        Requires.Testbed();
        await using RunningWorkload workload = await RunningWorkload.StartAsync(fixture.Rig, program, port, Cancellation);
        await using Agents agents = await Agents.StartAsync(fixture.Rig, Cancellation);
        if (hasOwnCgroup)
        {
            await workload.PutIntoOwnCgroupAsync(Cancellation);
        }

        RunningWorkload.OperationsOf(await workload.AskAsync("check", Cancellation));

        JsonElement moved = await agents.MoveAsync(workload.ProcessId, Cancellation);

        (await workload.AskAsync("check", Cancellation)).Should().StartWith("ok ");
        Warnings(moved).Should().NotContain(warning => warning.Contains("on this host", StringComparison.Ordinal) || warning.Contains("could not", StringComparison.Ordinal));
    }

    [Fact]
    [Shows(Kind.Containers, "limits of its control group", Outcome.LeftBehindAndNamed, Because = "The workload gets a group of its own; those that are gone are warnings.", Remedy = "Give the receiver a group with these limits.", Option = "receive --cgroup; --cgroup-mode soft moves the group", Needs = "control groups of version 1")]
    public async Task Move_LimitedByItsControlGroup_NamesWhatItIsNotLimitedInAnyMore()
    {
        Requires.Testbed();
        Requires.That(Directory.Exists("/sys/fs/cgroup/pids"), "the control groups of processes are not of version 1 here");
        await using RunningWorkload workload = await RunningWorkload.StartAsync(fixture.Rig, "timers", 8406, Cancellation);
        await using Agents agents = await Agents.StartAsync(fixture.Rig, Cancellation);
        string limit = $"mkdir -p {LimitedGroup} && echo 321 >{LimitedGroup}/pids.max && echo {workload.ProcessId} >{LimitedGroup}/cgroup.procs";
        (await fixture.Rig.ExecAsync(Rig.A, ["sh", "-c", limit], Cancellation)).Successful();

        JsonElement moved = await agents.MoveAsync(workload.ProcessId, Cancellation);

        Warnings(moved).Should().ContainSingle(warning => warning.Contains("321 processes (pids.max)", StringComparison.Ordinal));
    }

    private static IEnumerable<string> Warnings(JsonElement moved) => moved.GetProperty("warnings").EnumerateArray().Select(static warning => warning.GetString()!);
}
