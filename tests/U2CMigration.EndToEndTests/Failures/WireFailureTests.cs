using U2CMigration.EndToEndTests.Migration;
using U2CMigration.EndToEndTests.Testbed;
using U2CMigration.Testing;

namespace U2CMigration.EndToEndTests.Failures;

/// <summary>The other end speaks another version, or something else altogether.</summary>
[Collection<SharedRig>]
public sealed class WireFailureTests(RigFixture fixture) : FailureTest(fixture)
{
    private const string PeerPort = "9412";

    [Fact]
    public async Task Send_PeerOfALaterVersion_NamesBothVersions()
    {
        Requires.Testbed();
        await using RunningWorkload workload = await StartWorkloadAsync();
        await using RigProcess peer = await ListenAsync($"printf '{Greetings.Escaped(version: 9, oldest: 8, isSource: false)}'");

        await using RigProcess sender = Agents.StartSending(Rig, $"{Rig.AddressOfB}:{PeerPort}", workload.ProcessId);

        (await FailedAsync(sender, workload)).Should().Contain("Expected protocol version 1 to 1, got 8 to 9. Install releases that are closer together");
    }

    [Fact]
    public async Task Send_PeerIsSomethingElse_ShowsWhatItSays()
    {
        Requires.Testbed();
        await using RunningWorkload workload = await StartWorkloadAsync();
        await using RigProcess peer = await ListenAsync("echo 'HTTP/1.1 400 Bad Request, we only take orders for coffee here'");

        await using RigProcess sender = Agents.StartSending(Rig, $"{Rig.AddressOfB}:{PeerPort}", workload.ProcessId);

        (await FailedAsync(sender, workload)).Should().Contain("HTTP/1.1 400").And.Contain("Something else listens on that port");
    }

    [Fact]
    public async Task Receive_SourceOfALaterVersion_StillTakesTheNextMigration()
    {
        Requires.Testbed();
        await using RunningWorkload workload = await StartWorkloadAsync();
        await using Agents agents = await StartReceiverAsync();
        string greet = $"printf '{Greetings.Escaped(version: 9, oldest: 8, isSource: true)}' | nc -q 1 -w 2 {Rig.AddressOfB} {Agents.Port} | od -An -tx1 -N8";

        string answer = (await Rig.ExecAsync(Rig.A, ["sh", "-c", greet], Cancellation)).Successful();
        await agents.MoveAsync(workload.ProcessId, Cancellation);

        answer.Should().Be("8d 55 32 43 4d 49 0d 0a", "a peer of any version learns which this is");
        await Aftermath.MovedAsync(Rig, workload, Cancellation);
    }

    private async Task<RigProcess> ListenAsync(string answer)
    {
        RigProcess peer = Rig.Start(Rig.B, "sh", "-c", $"echo ready; {answer} | nc -l -q 5 {PeerPort} >/dev/null");
        await peer.ReadLineAsync("ready", Cancellation);
        string listening = $"until ss -Hltn 'sport = :{PeerPort}' | grep -q .; do sleep 0.02; done";
        (await Rig.ExecAsync(Rig.B, ["timeout", "5", "sh", "-c", listening], Cancellation)).Successful();
        return peer;
    }
}
