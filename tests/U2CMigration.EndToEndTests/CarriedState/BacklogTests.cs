using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using U2CMigration.EndToEndTests.Failures;
using U2CMigration.EndToEndTests.Migration;
using U2CMigration.EndToEndTests.Testbed;
using U2CMigration.Testing;

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

    [Theory]
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
    [Fact]
    public async Task Move_WithoutTheAddress_AllAreAnsweredOrTold()
    {
        Requires.Testbed();
        const int Port = 8424;
        await RunningWorkload.PrepareHostsAsync(Rig, Cancellation);
        await using RigProcess server = Rig.Start(Rig.A, "sh", "-c", $"echo pid $$; exec {NativeProgram.Build(Program)} --listen 0.0.0.0:{Port}");
        int processId = int.Parse((await server.ReadLineAsync("pid", Cancellation)).Split(' ')[1], CultureInfo.InvariantCulture);
        await server.ReadLineAsync("ready", Cancellation);
        await using RigProcess receiver = Rig.Start(Rig.B, ["dotnet", "exec", ProgramInHosts.Path("MigrationAgent"), "receive", "--listen", "0.0.0.0:9410", "--json-lines"]);
        await receiver.ReadLineAsync("\"ready\"", Cancellation);
        await using RigProcess clients = await StartClientsAsync(Rig.AddressOfA, Port);
        await using RigProcess sender = Rig.Start(
            Rig.A, ["dotnet", "exec", ProgramInHosts.Path("MigrationAgent"), "send", "--pid", $"{processId}", "--to", $"{Rig.AddressOfB}:9410", "--tcp-close", "--json-lines", "--allow", "outside-pipes"]);

        string line = await sender.ReadLineAsync("\"event\":\"result\"", Cancellation);

        Dictionary<string, int> became = await WhatBecameAsync(clients);
        (await Rig.ExecAsync(Rig.B, ["sh", "-c", $"kill -KILL $(pgrep -x {Program})"], Cancellation)).Successful();
        became["waiting"].Should().Be(0);
        became["connecting"].Should().Be(0);
        GivenUp(JsonDocument.Parse(line).RootElement).Should().BePositive();
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
