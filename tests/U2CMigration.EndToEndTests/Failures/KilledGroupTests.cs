using U2CMigration.EndToEndTests.Migration;
using U2CMigration.EndToEndTests.Testbed;
using U2CMigration.Testing;
using U2CMigration.Transport.Frames;

namespace U2CMigration.EndToEndTests.Failures;

/// <summary>
/// The program that sends is ended with everything in its control group, CRIU included, while it holds the workload frozen, as a service manager or the kernel does when memory runs out; or its
/// guardian is.
/// </summary>
[Collection<SharedRig>]
public sealed class KilledGroupTests(RigFixture fixture) : FailureTest(fixture)
{
    private const string Version2 = "/sys/fs/cgroup/unified/agent";

    private const string Guardian = "u2c-freeze-guar";

    /// <summary>A group of the first hierarchy of version 1 that is neither that of processors, which takes no process without being set up, nor the freezer.</summary>
    private const string Version1 = "$(awk '$3 == \"cgroup\" && $4 ~ /pids|memory/ { print $2; exit }' /proc/mounts)/agent";

    private static readonly TimeSpan Promised = TimeSpan.FromSeconds(2);

    /// <summary>Of its programs CRIU alone is on the PATH, so that the guardian can have none.</summary>
    private const string OnlyCriu = "mkdir -p /run/only; ln -sf \"$(command -v criu)\" /run/only/criu; DOTNET=$(command -v dotnet)";

    [Theory]
    [InlineData(MessageType.Restored, Version2, "echo 1 >$g/cgroup.kill")]
    [InlineData(MessageType.Frozen, Version2, "echo 1 >$g/cgroup.kill")]
    [InlineData(MessageType.Restored, Version1, "kill -KILL $(cat $g/cgroup.procs)")]
    public async Task Send_WholeGroupKilledWhileFrozen_TheWorkloadRunsOnWithItsAddress(MessageType at, string group, string kill)
    {
        Requires.Testbed();
        await using RunningWorkload workload = await StartWorkloadAsync();
        await workload.PutIntoOwnCgroupAsync(Cancellation);
        await using Agents agents = await StartReceiverAsync("--count", "0");
        await using Link link = await Link.StartAsync(Rig, at, Cancellation);
        string command = string.Join(' ', Agents.SendCommand(link.Endpoint, workload.ProcessId)).Replace("dotnet exec", "$DOTNET exec", StringComparison.Ordinal);
        await using RigProcess sender = Rig.Start(Rig.A, "sh", "-c", $"g={group}; mkdir -p $g && echo $$ >$g/cgroup.procs || exit 9; {OnlyCriu}; PATH=/run/only exec {command}");
        await link.ReachedAsync(sender, Cancellation);
        string addresses = await SayAsync($"ip -4 -o address show dev eth0 | grep -c {Rig.ServiceAddress}");

        long start = TimeProvider.System.GetTimestamp();
        await SayAsync($"g={group}; {kill}");
        await sender.WaitAsync(Cancellation);
        string answer = await workload.AskAsync("check", Cancellation);
        TimeSpan silent = TimeProvider.System.GetElapsedTime(start);
        await link.CutAsync(Cancellation);
        TestContext.Current.SendDiagnosticMessage($"Answered {silent.TotalMilliseconds:0} ms after the kill.");

        addresses.Should().Be("0");
        silent.Should().BeLessThan(Promised);
        long operations = RunningWorkload.OperationsOf(answer);
        await Task.Delay(TimeSpan.FromSeconds(1), Cancellation);
        RunningWorkload.OperationsOf(await workload.AskAsync("check", Cancellation)).Should().BeGreaterThan(operations);
    }

    [Fact]
    public async Task Send_GuardianKilledBeforeTheFreeze_IsNotFrozen()
    {
        Requires.Testbed();
        await using RunningWorkload workload = await StartWorkloadAsync();
        await using Agents agents = await StartReceiverAsync("--count", "0");
        await using RigProcess sender = agents.StartSending(workload.ProcessId, "--max-mbit", "100");
        await sender.ReadLineAsync("\"PreCopy\"", Cancellation);

        (await Rig.ExecAsync(Rig.A, ["pkill", "-KILL", "-x", Guardian], Cancellation)).Successful();

        (await FailedAsync(sender, workload)).Should().Contain(Guardian).And.Contain("was not frozen");
    }

    [Fact]
    public async Task Send_GuardianKilledInTheFreezeAndThenTheSender_TheWorkloadRunsOnWithItsAddress()
    {
        Requires.Testbed();
        await using RunningWorkload workload = await StartWorkloadAsync();
        await workload.PutIntoOwnCgroupAsync(Cancellation);
        await using Agents agents = await StartReceiverAsync("--count", "0");
        await using Link link = await Link.StartAsync(Rig, MessageType.Restored, Cancellation);
        await using RigProcess sender = agents.StartSendingTo(link.Endpoint, workload.ProcessId);
        await link.ReachedAsync(sender, Cancellation);

        await SayAsync($"old=$(pgrep -x {Guardian}); kill -KILL $old; for i in $(seq 100); do new=$(pgrep -x {Guardian}); [ -n \"$new\" ] && [ \"$new\" != \"$old\" ] && break; sleep 0.05; done");
        (await Rig.ExecAsync(Rig.A, ["pkill", "-KILL", "-f", "[M]igrationAgent(.dll)? send"], Cancellation)).Successful();
        await sender.WaitAsync(Cancellation);
        await link.CutAsync(Cancellation);

        (await workload.AskAsync("check", Cancellation)).Should().StartWith("ok ");
    }

    private async Task<string> SayAsync(string command) => (await Rig.ExecAsync(Rig.A, ["sh", "-c", command], Cancellation)).Output.Trim();
}
