using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using U2CMigration.EndToEndTests.Failures;
using U2CMigration.EndToEndTests.Migration;
using U2CMigration.EndToEndTests.Testbed;
using U2CMigration.Testing;
using U2CMigration.Testing.Showing;

namespace U2CMigration.EndToEndTests.CarriedState;

/// <summary>Clients that wait in the backlog of a workload, and those that come while it is frozen, are answered or told; none waits in vain, and the result counts them.</summary>
[Collection<SharedRig>]
public sealed partial class BacklogTests(RigFixture fixture) : FailureTest(fixture)
{
    private const string Program = "backlog";
    private const int PortsAbove = 1000;
    private const int AtOnce = 120;
    private const int Later = 60;
    private const int Seconds = 90;
    private const string SixOfA = "fd77::1";
    private const string SixOfClient = "fd77::9";

    [Theory]
    [Shows(Kind.Sockets, "connections that wait to be accepted (TCP)", Outcome.LeftBehindAndNamed, Because = "They are reset, so that clients can try again, and counted in ConnectionsGivenUp; shortly before the freeze new ones are kept out and the workload gets a moment to accept.")]
    [InlineData("tcp", 8421)]
    [InlineData("both", 8422)]
    [InlineData("shared", 8423)]
    public async Task Move_ClientsWaitToBeAccepted_AllAreAnsweredOrTold(string kind, int port)
    {
        Requires.Testbed();
        await using RunningWorkload workload = await RunningWorkload.StartAsync(Rig, Program, port, Cancellation, "--kind", kind);
        await workload.PutIntoOwnCgroupAsync(Cancellation);
        await using Agents agents = await StartReceiverAsync();
        (await workload.AskAsync("check", Cancellation)).Should().StartWith("ok ");
        await using RigProcess clients = await StartClientsAsync(Rig.ServiceAddress, port);

        JsonElement moved = await agents.MoveAsync(workload.ProcessId, Cancellation);

        // It begins to serve: those that came too late to be given up are answered.
        (await workload.AskAsync("check", Cancellation)).Should().StartWith("ok ");
        Dictionary<string, int> became = await WhatBecameAsync(clients);
        became["waiting"].Should().Be(0);
        became["connecting"].Should().Be(0);
        (became["answered"] + became["reset"]).Should().Be(AtOnce + Later);
        GivenUp(moved).Should().Be(became["reset"]);
        became["reset"].Should().BeGreaterThanOrEqualTo(AtOnce, "it had accepted none");
    }

    /// <summary>Where the address does not move, the kernel of the source tells them.</summary>
    [Theory]
    [Shows(Kind.Sockets, "connections that wait to be accepted at an address that does not move, over IPv4 and IPv6", Outcome.LeftBehindAndNamed, Because = "The kernel of the source resets them.")]
    [InlineData("tcp", Rig.AddressOfA, 8424)]
    [InlineData("both", SixOfA, 8425)]
    public async Task Move_WithoutTheAddress_AllAreAnsweredOrTold(string kind, string address, int port)
    {
        Requires.Testbed();
        await RunningWorkload.PrepareHostsAsync(Rig, Cancellation);
        foreach ((string host, string six) in ((string, string)[])[(Rig.A, SixOfA), (Rig.Client, SixOfClient)])
        {
            (await Rig.ExecAsync(host, ["ip", "-6", "address", "replace", $"{six}/64", "dev", "eth0", "nodad"], Cancellation)).Successful();
        }

        await using RigProcess server = Rig.Start(Rig.A, "sh", "-c", $"echo pid $$; exec {NativeProgram.Build(Program)} --listen 0.0.0.0:{port} --kind {kind}");
        int processId = int.Parse((await server.ReadLineAsync("pid", Cancellation)).Split(' ')[1], CultureInfo.InvariantCulture);
        await server.ReadLineAsync("ready", Cancellation);
        await using RigProcess receiver = Rig.Start(Rig.B, [.. ProgramInHosts.Agent, "receive", "--listen", "0.0.0.0:9410", "--allow-unauthenticated", "--json-lines"]);
        await receiver.ReadLineAsync("\"ready\"", Cancellation);
        await using RigProcess clients = await StartClientsAsync(address, port);
        await using RigProcess sender = Rig.Start(
            Rig.A, [.. ProgramInHosts.Agent, "send", "--pid", $"{processId}", "--to", $"{Rig.AddressOfB}:9410", "--allow-unauthenticated", "--tcp-close", "--json-lines", "--allow", "outside-pipes"]);

        string line = await sender.ReadLineAsync("\"event\":\"result\"", Cancellation);

        Dictionary<string, int> became = await WhatBecameAsync(clients);
        (await Rig.ExecAsync(Rig.B, ["sh", "-c", $"kill -KILL $(pgrep -x {Program})"], Cancellation)).Successful();
        became["waiting"].Should().Be(0);
        became["connecting"].Should().Be(0);
        GivenUp(JsonDocument.Parse(line).RootElement).Should().BePositive().And.BeLessThanOrEqualTo(became["reset"]);
    }

    /// <summary>What was sent over a connection that no one has accepted lies in no image: the dump is refused, and the workload serves these clients where it is.</summary>
    [Theory]
    [Shows(Kind.Sockets, "a connection over a unix socket within the tree that waits to be accepted, with data sent over it", Outcome.RolledBack, Because = "What was sent lies in no image.", Remedy = "Try again when the workload has accepted it.")]
    [InlineData(8426, true)]
    [InlineData(8427, false)]
    public async Task Send_UnixConnectionWithDataWaitsToBeAccepted_StaysAndServesIt(int port, bool hasOwnCgroup)
    {
        Requires.Testbed();
        await Aftermath.CleanAsync(Rig, Cancellation);
        await using RunningWorkload workload = await RunningWorkload.StartAsync(Rig, Program, port, Cancellation, "--kind", "unix");
        if (hasOwnCgroup)
        {
            await workload.PutIntoOwnCgroupAsync(Cancellation);
        }

        await using Agents agents = await StartReceiverAsync();
        await using RigProcess sender = agents.StartSending(workload.ProcessId);

        string said = await FailedAsync(sender, workload);

        said.Should().Contain("A connection over a unix socket waits to be accepted by the workload, and something was sent over it already");
        (await workload.AskAsync("check", Cancellation)).Should().StartWith("ok ");
    }

    private async Task<RigProcess> StartClientsAsync(string address, int port)
    {
        RigProcess clients = Rig.Start(Rig.Client, NativeProgram.Build(Program), "clients", address, $"{port + PortsAbove}", $"{AtOnce}", $"{Later}", $"{Seconds}");
        await clients.ReadLineAsync("begun", Cancellation);
        return clients;
    }

    private async Task<Dictionary<string, int>> WhatBecameAsync(RigProcess clients)
    {
        string line = await clients.ReadLineAsync("done", Cancellation);
        return Count().Matches(line).ToDictionary(static match => match.Groups[1].Value, static match => int.Parse(match.Groups[2].ValueSpan, CultureInfo.InvariantCulture));
    }

    private static int GivenUp(JsonElement moved) => moved.GetProperty("connectionsGivenUp").EnumerateArray().Sum(static one => one.GetProperty("count").GetInt32());

    [GeneratedRegex("([a-z]+)=([0-9]+)")]
    private static partial Regex Count();
}
