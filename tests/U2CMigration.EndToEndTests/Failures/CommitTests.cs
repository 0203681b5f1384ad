using U2CMigration.EndToEndTests.Migration;
using U2CMigration.EndToEndTests.Testbed;
using U2CMigration.Testing;
using U2CMigration.Transport.Frames;

namespace U2CMigration.EndToEndTests.Failures;

/// <summary>Programs are killed and started again around the commit: two copies never run, one always does, and a user can settle what is open.</summary>
[Collection<SharedRig>]
public sealed class CommitTests(RigFixture fixture) : FailureTest(fixture)
{
    private const string Sender = "[M]igrationAgent(.dll)? send";

    /// <summary>An empty record has heard of nothing: that is not to say that nothing runs.</summary>
    [Fact]
    public async Task Resolve_AnotherReceiverAnswers_StaysFrozenUntilTheRightOneDoes()
    {
        Requires.Testbed();
        await using RunningWorkload workload = await StartWorkloadAsync();
        await using Agents first = await StartReceiverAsync("--count", "0");
        await using Link link = await Link.StartAsync(Rig, MessageType.Resumed, Cancellation);
        await using RigProcess sender = first.StartSendingTo(link.Endpoint, workload.ProcessId);
        await link.ReachedAsync(sender, Cancellation);
        await Task.Delay(TimeSpan.FromSeconds(2), Cancellation); // all pages are in place
        await first.Receiver.KillAsync();
        await using (await StartReceiverAsync("--work-directory", "/run/u2c-other"))
        {
            await link.CutAsync(Cancellation);
            CommandResult result = await sender.WaitAsync(Cancellation);
            bool standsStill = await Aftermath.StandsStillAsync(Rig, workload, Cancellation);

            result.ExitCode.Should().Be(3, $"it said {result.Output} {result.Error}");
            ErrorOf(result).Should().Contain("Another receiver answers");
            standsStill.Should().BeTrue("it runs on the destination");
        }

        await using Agents right = await StartReceiverAsync();
        CommandResult resolved = await AgentAsync("resolve", "--allow-unauthenticated", "--json-lines");

        resolved.Output.Should().Contain("\"Moved\"", resolved.Error);
        await Rig.ExecAsync(Rig.B, ["rm", "-r", "/run/u2c-other"], Cancellation);
        await Aftermath.MovedAsync(Rig, workload, Cancellation);
    }

    /// <summary>Written down that it runs, but not thawed: the next receiver does that.</summary>
    [Fact]
    public async Task Receive_KilledRightAfterTheCommit_TheNextOneLetsItRun()
    {
        Requires.Testbed();
        await using RunningWorkload workload = await StartWorkloadAsync("--memory-mib", "1");
        await using Agents first = await StartReceiverAsync("--restore-mode", "flat-images");
        await using Link link = await Link.StartAsync(Rig, MessageType.Resumed, Cancellation);
        await using RigProcess sender = first.StartSendingTo(link.Endpoint, workload.ProcessId);
        await link.ReachedAsync(sender, Cancellation);
        await first.Receiver.KillAsync();
        const string Freeze = "for f in /sys/fs/cgroup/unified/u2cmigration/*/cgroup.freeze; do echo 1 >$f; done; sed -i 's/\"IsThawed\":true/\"IsThawed\":false/' /run/u2cmigration/*.state";
        (await Rig.ExecAsync(Rig.B, ["sh", "-c", Freeze], Cancellation)).Successful();

        await using Agents second = await StartReceiverAsync();
        await link.CutAsync(Cancellation);
        CommandResult result = await sender.WaitAsync(Cancellation);

        result.ExitCode.Should().Be(0, $"it said {result.Output} {result.Error}");
        await Aftermath.MovedAsync(Rig, workload, Cancellation);
    }

    /// <summary>The sender is the only one that knew; what it had written down is enough for another program.</summary>
    [Theory]
    [InlineData(MessageType.Commit, "RolledBack")]
    [InlineData(MessageType.Resumed, "Moved")]
    public async Task Send_KilledInTheCommit_IsFoundAndSettled(MessageType at, string outcome)
    {
        Requires.Testbed();
        await using RunningWorkload workload = await StartWorkloadAsync();
        await workload.PutIntoOwnCgroupAsync(Cancellation);
        await using Agents agents = await StartReceiverAsync("--count", "0");
        await using Link link = await Link.StartAsync(Rig, at, Cancellation);
        await using RigProcess sender = agents.StartSendingTo(link.Endpoint, workload.ProcessId);
        await link.ReachedAsync(sender, Cancellation);

        (await Rig.ExecAsync(Rig.A, ["pkill", "-KILL", "-f", Sender], Cancellation)).Successful();
        await sender.WaitAsync(Cancellation);
        await link.CutAsync(Cancellation);
        bool standsStill = await Aftermath.StandsStillAsync(Rig, workload, Cancellation);
        CommandResult listed = await AgentAsync("list-interrupted", "--json-lines");
        CommandResult again = await AgentAsync("send", "--pid", $"{workload.ProcessId}", "--to", link.Endpoint, "--allow-unauthenticated", "--json-lines");
        CommandResult resolved = await AgentAsync("resolve", "--allow-unauthenticated", "--json-lines");

        standsStill.Should().BeTrue("nothing is known yet");
        listed.ExitCode.Should().Be(3);
        listed.Output.Should().Contain($"\"processId\":{workload.ProcessId}").And.Contain("\"isOriginalThere\":true");
        again.ExitCode.Should().Be(2);
        again.Output.Should().Contain("Settle that first");
        resolved.ExitCode.Should().Be(0, resolved.Output);
        resolved.Output.Should().Contain($"\"{outcome}\"");
        (await AgentAsync("list-interrupted")).ExitCode.Should().Be(0);
        await (outcome == "Moved" ? Aftermath.MovedAsync(Rig, workload, Cancellation) : Aftermath.StayedAsync(Rig, workload, Cancellation));
    }

    /// <summary>Killed while all of it is here and frozen: it must never run, and nothing of it must be left.</summary>
    [Fact]
    public async Task Receive_KilledWhileItIsHeld_NothingOfItIsLeft()
    {
        Requires.Testbed();
        await using RunningWorkload workload = await StartWorkloadAsync();
        await using Agents first = await StartReceiverAsync();
        await using Link link = await Link.StartAsync(Rig, MessageType.Restored, Cancellation);
        await using RigProcess sender = first.StartSendingTo(link.Endpoint, workload.ProcessId);
        await link.ReachedAsync(sender, Cancellation);

        await first.Receiver.KillAsync();
        CommandResult result = await sender.WaitAsync(Cancellation);
        await using Agents second = await StartReceiverAsync();

        result.ExitCode.Should().Be(1, $"it said {result.Output} {result.Error}");
        await Aftermath.StayedAsync(Rig, workload, Cancellation);
    }

    private Task<CommandResult> AgentAsync(params string[] arguments) => Rig.ExecAsync(Rig.A, [.. ProgramInHosts.Agent, .. arguments], Cancellation);
}
