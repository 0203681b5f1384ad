using U2CMigration.Core.Sessions;
using U2CMigration.EndToEndTests.Migration;
using U2CMigration.EndToEndTests.Testbed;
using U2CMigration.Testing;
using U2CMigration.Transport.Frames;

namespace U2CMigration.EndToEndTests.Failures;

/// <summary>The address of a workload on its way is a matter of that migration alone: what fails beside it, before it or after it changes nothing for a workload that runs.</summary>
[Collection<SharedRig>]
public sealed class ArrivingAddressTests(RigFixture fixture) : FailureTest(fixture)
{
    private const string Second = "10.77.0.101";

    private const string Hidden = $"ip -4 -o address show dev lo | grep -c {Rig.ServiceAddress}; cat /proc/sys/net/ipv4/conf/eth0/arp_ignore";

    [Fact]
    public async Task Receive_AnotherWorkloadForTheAddressFails_TheOneThatHasItKeepsIt()
    {
        Requires.Testbed();
        await using RunningWorkload workload = await StartWorkloadAsync();
        await using Agents agents = await StartReceiverAsync("--count", "0");
        await agents.MoveAsync(workload.ProcessId, Cancellation);
        await using RigProcess other = Rig.Start(Rig.A, "sh", "-c", "echo pid $$; exec sleep 1000");
        string pid = (await other.ReadLineAsync("pid", Cancellation)).Split(' ')[1];

        await using RigProcess sender = Rig.Start(
            Rig.A, ["dotnet", "exec", ProgramInHosts.Path("U2CMigration.Disturbance"), "cancel", pid, $"{Rig.AddressOfB}:{Agents.Port}", Agents.Address, $"{MigrationPhase.PreCopy}"]);
        CommandResult failed = await sender.WaitAsync(Cancellation);

        failed.ExitCode.Should().NotBe(0);
        (await Rig.ExecAsync(Rig.B, ["ip", "-4", "-o", "address", "show", "dev", "eth0"], Cancellation)).Successful().Should().Contain(Rig.ServiceAddress);
        (await workload.AskAsync("check", Cancellation)).Should().StartWith("ok ");
        failed.Output.Should().Contain($"address {Rig.ServiceAddress} is on eth0");
    }

    [Fact]
    public async Task Receive_TwoAddressesAtOneReceiver_EachWorkloadGetsItsOwn()
    {
        Requires.Testbed();
        await using RunningWorkload workload = await StartWorkloadAsync();
        await SayAsync(Rig.A, $"ip address add {Second}/24 dev eth0");
        await using Agents agents = await StartReceiverAsync("--count", "0", "--address", $"{Second}/24@eth0");
        await using RigProcess other = Rig.Start(Rig.A, "sh", "-c", $"echo pid $$; exec {NativeProgram.Build("shapeshifter")} --listen {Second}:7949");
        string pid = (await other.ReadLineAsync("pid", Cancellation)).Split(' ')[1];
        await other.ReadLineAsync("ready", Cancellation);
        await using RigProcess client = Rig.Start(Rig.Client, "nc", Second, "7949");

        await using RigProcess first = agents.StartSending(workload.ProcessId);
        await using RigProcess second = Rig.Start(
            Rig.A, [.. ProgramInHosts.Agent, "send", "--pid", pid, "--to", $"{Rig.AddressOfB}:{Agents.Port}", "--address", $"{Second}/24@eth0", "--json-lines", "--allow-unauthenticated", "--allow", "outside-pipes"]);
        CommandResult[] results = await Task.WhenAll(first.WaitAsync(Cancellation), second.WaitAsync(Cancellation));

        results.Should().OnlyContain(static result => result.ExitCode == 0, "the first said {0}, the second {1}", results[0].Output, results[1].Output);
        (await workload.AskAsync("check", Cancellation)).Should().StartWith("ok ");
        await client.Input.WriteLineAsync("check");
        await client.Input.FlushAsync(Cancellation);
        (await client.ReadLineAsync("", Cancellation)).Should().StartWith("ok ");
        string after = await SayAsync(Rig.B, $"ip -4 -o address show dev eth0 | grep -c -e {Rig.ServiceAddress} -e {Second}; {Hidden}");
        await client.Input.WriteLineAsync("quit");
        await client.Input.FlushAsync(Cancellation);
        await SayAsync(Rig.B, $"ip address del {Second}/24 dev eth0");
        after.Should().Be("2\n0\n0");
    }

    [Fact]
    public async Task Receive_SourceSaysFrozenAndNoMore_NothingChangesOnTheDevices()
    {
        Requires.Testbed();
        await using RunningWorkload workload = await StartWorkloadAsync();
        await using Agents agents = await StartReceiverAsync("--count", "0");
        await using Link link = await Link.StartAsync(Rig, MessageType.ImagesEnd, Cancellation);
        await using RigProcess sender = agents.StartSendingTo(link.Endpoint, workload.ProcessId);
        await link.ReachedAsync(sender, Cancellation);

        string hidden = await SayAsync(Rig.B, Hidden);
        await link.CutAsync(Cancellation);
        await FailedAsync(sender, workload);

        hidden.Should().Be("0\n0");
    }

    [Fact]
    public async Task Receive_AnotherReceiverStartsMeanwhile_TheWaitingAddressStays()
    {
        Requires.Testbed();
        await using RunningWorkload workload = await StartWorkloadAsync();
        await using Agents agents = await StartReceiverAsync("--count", "0");
        await using Link link = await Link.StartAsync(Rig, MessageType.Restored, Cancellation);
        await using RigProcess sender = agents.StartSendingTo(link.Endpoint, workload.ProcessId);
        await link.ReachedAsync(sender, Cancellation);

        string before = await SayAsync(Rig.B, Hidden);
        await using RigProcess next = Rig.Start(
            Rig.B, [.. ProgramInHosts.Agent, "receive", "--listen", "0.0.0.0:9419", "--address", Agents.Address, "--work-directory", "/run/another", "--allow-unauthenticated", "--json-lines"]);
        await next.ReadLineAsync("\"ready\"", Cancellation);
        string after = await SayAsync(Rig.B, Hidden);
        await link.PassAsync(Cancellation);
        (await sender.WaitAsync(Cancellation)).Successful();

        (before, after).Should().Be(("1\n1", "1\n1"));
        await Aftermath.MovedAsync(Rig, workload, Cancellation);
    }

    [Fact]
    public async Task Receive_AddressCannotBeAnnouncedAtFirst_TheSourceHearsOfTheResumeAndTheContainerIsReturned()
    {
        Requires.Testbed();
        await using RunningWorkload workload = await StartWorkloadAsync();
        await using RigProcess receiver = Rig.Start(
            Rig.B, ["dotnet", "exec", ProgramInHosts.Path("U2CMigration.Disturbance"), "receive", Agents.Port, Agents.Address, "Auto", "announcement"]);
        await receiver.ReadLineAsync("ready", Cancellation);

        await using RigProcess sender = Agents.StartSending(Rig, $"{Rig.AddressOfB}:{Agents.Port}", workload.ProcessId);
        CommandResult sent = await sender.WaitAsync(Cancellation);
        string arrived = await receiver.ReadLineAsync("arrived", Cancellation);

        sent.ExitCode.Should().Be(0, $"it said {sent.Output} {sent.Error}");
        arrived.Should().Contain($"arrived {workload.ProcessId}");
        (await workload.AskAsync("check", Cancellation)).Should().StartWith("ok ");
    }

    /// <summary>Clients have still the other host for the one that has the address.</summary>
    [Fact]
    public async Task Receive_KilledBeforeTheAddressWasAnnounced_TheNextOneAnnouncesIt()
    {
        Requires.Testbed();
        await using RunningWorkload workload = await StartWorkloadAsync();
        (await workload.AskAsync("check", Cancellation)).Should().StartWith("ok ");
        await using RigProcess silent = Rig.Start(
            Rig.B, ["dotnet", "exec", ProgramInHosts.Path("U2CMigration.Disturbance"), "receive", Agents.Port, Agents.Address, "Auto", "silence"]);
        await silent.ReadLineAsync("ready", Cancellation);
        await using RigProcess sender = Agents.StartSending(Rig, $"{Rig.AddressOfB}:{Agents.Port}", workload.ProcessId);
        await SayAsync(Rig.B, "until grep -qs '\"State\":[^,]*Resumed' /run/u2cmigration/*.state; do sleep 0.02; done");
        await silent.KillAsync();
        string before = await OwnerForClientsAsync();
        await using Agents next = await StartReceiverAsync();
        string after = await OwnerForClientsAsync();

        before.Should().Be(await SayAsync(Rig.A, "cat /sys/class/net/eth0/address"));
        (await sender.WaitAsync(Cancellation)).ExitCode.Should().Be(0);
        after.Should().Be(await SayAsync(Rig.B, "cat /sys/class/net/eth0/address"));
        (await workload.AskAsync("check", Cancellation)).Should().StartWith("ok ");
        await Aftermath.MovedAsync(Rig, workload, Cancellation);
    }

    private Task<string> OwnerForClientsAsync() => SayAsync(Rig.Client, $"ip neighbour show {Rig.ServiceAddress} | sed -n 's/.*lladdr \\([^ ]*\\).*/\\1/p'");

    private async Task<string> SayAsync(string host, string command) => (await Rig.ExecAsync(host, ["sh", "-c", command], Cancellation)).Output.Trim();
}
