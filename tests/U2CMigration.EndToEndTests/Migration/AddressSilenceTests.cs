using U2CMigration.EndToEndTests.Testbed;
using U2CMigration.Testing;

namespace U2CMigration.EndToEndTests.Migration;

/// <summary>Until the commit, clients take the source for the owner of the address, whatever the destination's half restored sockets say: on the destination the kernel would reset their connections.</summary>
[Collection<SharedRig>]
public sealed class AddressSilenceTests(RigFixture fixture)
{
    /// <summary>Where migrations note who keeps the silence of eth0.</summary>
    private const string Notes = "/run/u2cmigration/arp-$(readlink /proc/self/ns/net | tr -dc 0-9)-eth0";

    private const string HardwareAddress = "cat /sys/class/net/eth0/address";

    private static readonly string Ask = $"ip neighbour show {Rig.ServiceAddress} dev eth0";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("a datagram", $"ip neighbour flush dev eth0; echo early | nc -u -w 1 -s {Rig.ServiceAddress} 10.77.0.9 9")]
    [InlineData("a connection attempt", $"ip neighbour flush dev eth0; nc -z -w 1 -s {Rig.ServiceAddress} 10.77.0.9 9")]
    [InlineData("a question of a neighbour", "ip neighbour flush dev eth0; ping -c 1 -W 1 10.77.0.100")]
    public async Task Move_AddressSpeaksOnTheDestinationBeforeTheCommit_ClientsKeepTheSource(string what, string speak)
    {
        Requires.Testbed();
        await using RunningWorkload workload = await RunningWorkload.StartAsync(fixture.Rig, "shapeshifter", 7922, Cancellation);
        await using Agents agents = await Agents.StartAsync(fixture.Rig, Cancellation);
        await using RigProcess sender = agents.StartSending(workload.ProcessId, "--max-mbit", "400", "--verify");
        await sender.ReadLineAsync("\"PreCopy\"", Cancellation);
        await fixture.Rig.ExecAsync(Rig.B, ["sh", "-c", "kill -STOP $(pgrep -x criu)"], Cancellation);
        await sender.ReadLineAsync("\"Restoring\"", Cancellation);
        string source = await SayAsync(Rig.A, HardwareAddress);
        string destination = await SayAsync(Rig.B, HardwareAddress);
        await SayAsync(Rig.B, $"until ip -o address show dev lo | grep -q {Rig.ServiceAddress}; do sleep 0.01; done");

        // From the client's side the last one begins with a question, too: an entry that it has forgotten it must not get from the destination.
        await fixture.Rig.ExecAsync(what.StartsWith("a question", StringComparison.Ordinal) ? Rig.Client : Rig.B, ["sh", "-c", speak], Cancellation);
        string before = await SayAsync(Rig.Client, Ask);
        await fixture.Rig.ExecAsync(Rig.B, ["sh", "-c", "kill -CONT $(pgrep -x criu)"], Cancellation);
        (await sender.WaitAsync(Cancellation)).Successful();
        string answer = await workload.AskAsync("check", Cancellation);
        string after = await SayAsync(Rig.Client, Ask);

        source.Should().NotBe(destination);
        before.Should().NotContain(destination, what);
        after.Should().Contain(destination);
        answer.Should().StartWith("ok ");
    }

    [Fact]
    public async Task Move_TwoAtOnceToOneDevice_TheSettingsAreWhatTheyWereAfterTheLast()
    {
        Requires.Testbed();
        const string Settings = "cd /proc/sys/net/ipv4/conf/eth0; cat arp_ignore arp_announce";
        string before = await SayAsync(Rig.B, Settings);
        await using RunningWorkload workload = await RunningWorkload.StartAsync(fixture.Rig, "shapeshifter", 7923, Cancellation);
        await using Agents agents = await Agents.StartAsync(fixture.Rig, Cancellation);
        await using RigProcess sender = agents.StartSending(workload.ProcessId, "--max-mbit", "400");
        await sender.ReadLineAsync("\"PreCopy\"", Cancellation);

        // Another migration has borrowed the settings and gives them back only after ours.
        await SayAsync(Rig.B, $"printf '0\\n0' >{Notes}.before; cd /proc/sys/net/ipv4/conf/eth0; echo 1 >arp_ignore; echo 2 >arp_announce");
        await using RigProcess other = fixture.Rig.Start(Rig.B, ["sh", "-c", $"exec flock -o {Notes}.held-10.9.9.9 sh -c 'echo held; exec sleep 1000 >/dev/null 2>&1'"]);
        await other.ReadLineAsync("held", Cancellation);
        (await sender.WaitAsync(Cancellation)).Successful();
        string meanwhile = await SayAsync(Rig.B, Settings);

        // That one is killed: the next receiver puts them back.
        await other.KillAsync();
        await using RigProcess next = fixture.Rig.Start(Rig.B, [.. ProgramInHosts.Agent, "receive", "--listen", "0.0.0.0:9419", "--address", "10.9.9.9/24@eth0", "--work-directory", "/run/another", "--allow-unauthenticated", "--json-lines"]);
        await next.ReadLineAsync("\"ready\"", Cancellation);
        string after = await SayAsync(Rig.B, $"for i in $(seq 50); do [ -e {Notes}.before ] || break; sleep 0.1; done; {Settings}");

        (before, meanwhile, after).Should().Be(("0\n0", "1\n2", "0\n0"));
    }

    private async Task<string> SayAsync(string host, string command) => (await fixture.Rig.ExecAsync(host, ["sh", "-c", command], Cancellation)).Successful();
}
