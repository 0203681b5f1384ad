using System.Text.Json;
using U2CMigration.EndToEndTests.Failures;
using U2CMigration.EndToEndTests.Migration;
using U2CMigration.EndToEndTests.Testbed;
using U2CMigration.Testing;
using U2CMigration.Testing.Showing;

namespace U2CMigration.EndToEndTests.Containers;

/// <summary>Containers of runc and crun: those who ask their runtime afterwards find them on the destination, and nowhere else.</summary>
[Collection<SharedRig>]
public sealed class ContainerTests(RigFixture fixture) : FailureTest(fixture)
{
    [Theory]
    [InlineData("crun")]
    [InlineData("runc")]
    [Shows(Kind.Containers, "a container of runc or crun in the network of its host", Outcome.Moved, Because = "With its control groups and limits; the runtime of the destination has it then.")]
    public async Task Move_UnderWrites_ConnectionSurvivesAndTheRuntimeThereHasIt(string runtime)
    {
        Requires.Testbed();
        await using RunningContainer container = await RunningContainer.StartAsync(Rig, runtime, Cancellation);
        await using Agents agents = await Agents.StartAsync(Rig, Cancellation, "--containers", runtime);
        using var stop = new CancellationTokenSource();
        Task<long> writing = container.WriteAsync(stop.Token, Cancellation);

        await using RigProcess sender = container.StartSending("--verify");
        CommandResult moved = await sender.WaitAsync(Cancellation);
        JsonElement result = ResultOf(moved);
        CommandResult received = await agents.Receiver.WaitAsync(Cancellation);
        long written = await RunningContainer.EndAsync(writing, stop);

        result.GetProperty("pagesMismatched").GetInt64().Should().Be(0);
        result.GetProperty("pagesVerified").GetInt64().Should().BePositive();
        ArrivedOf(received).GetProperty("warnings").GetArrayLength().Should().Be(0);
        (await container.StatusAsync(Rig.A, Cancellation)).Should().BeNull();
        (await container.GroupsAsync(Rig.A, Cancellation)).Should().BeEmpty();
        (await container.StatusAsync(Rig.B, Cancellation)).Should().Be("running");
        (await container.AskRuntimeAsync(Rig.B, Cancellation, "list")).Successful().Should().Contain(container.Id);
        (await container.AskRuntimeAsync(Rig.B, Cancellation, "exec", container.Id, "/bin/cat", "/proc/1/comm")).Successful().Should().Be("redis-server");
        string limit = $"cat /sys/fs/cgroup/memory/{container.Id}/memory.limit_in_bytes 2>/dev/null || cat /sys/fs/cgroup/{container.Id}/memory.max";
        (await Rig.ExecAsync(Rig.B, ["sh", "-c", limit], Cancellation)).Successful().Should().Be("536870912");
        (await container.AskRuntimeAsync(Rig.B, Cancellation, "pause", container.Id)).Successful();
        (await container.AskRuntimeAsync(Rig.B, Cancellation, "resume", container.Id)).Successful();
        (await container.IncrementAsync(Cancellation)).Should().Be(written + 1);
        (await container.AskRuntimeAsync(Rig.B, Cancellation, "kill", container.Id, "KILL")).Successful();
        (await Rig.ExecAsync(Rig.B, ["sh", "-c", $"until {runtime} delete {container.Id}; do sleep 0.05; done 2>/dev/null"], Cancellation)).Successful();
        (await container.GroupsAsync(Rig.B, Cancellation)).Should().BeEmpty();
    }

    /// <summary>What happens on a host between two migrations is not the business of any of them.</summary>
    [Theory]
    [InlineData("unknown", "has no container nobody on this host", "list")]
    [InlineData("paused", "is paused", "resume")]
    [InlineData("exec", "started from outside", "end it first")]
    [InlineData("changed", "/etc/motd", "--files-are-there")]
    [InlineData("foreign", "has files of this host open", "/dev/null")]
    [Shows(Kind.Containers, "a container of runc or crun that is paused, has programs started in it from outside (exec), or files of the host open", Outcome.Refused, Remedy = "Resume it, end these programs, start it with /dev/null as its standard streams.")]
    [Shows(Kind.Containers, "changed files, and directories of the host that it may write to, in a container", Outcome.MovedWithAnOption, Because = "The caller vouches then that they are there.", Remedy = "Put them on storage that both hosts see, or copy them.", Option = "ContainerOptions.FilesAreThere (agent: --files-are-there)")]
    public async Task Send_SomethingHereIsInTheWay_RefusesWithRemedy(string what, string reason, string remedy)
    {
        Requires.Testbed();
        await using RunningContainer container = await RunningContainer.StartAsync(Rig, "crun", Cancellation);
        await using Agents agents = await Agents.StartAsync(Rig, Cancellation, "--containers", "crun");
        await using RigProcess? inside = what == "exec" ? Rig.Start(Rig.A, "crun", "exec", container.Id, "/bin/sh", "-c", "echo here; exec /bin/sleep 100") : null;
        await (inside?.ReadLineAsync("here", Cancellation) ?? Task.FromResult(string.Empty));
        if (what == "foreign")
        {
            string again = $"crun delete --force {container.Id} && cd {container.Bundle} && crun run -d {container.Id} </dev/null >/tmp/out 2>&1";
            (await Rig.ExecAsync(Rig.A, ["sh", "-c", again], Cancellation)).Successful();
        }
        else if (what is "paused" or "changed")
        {
            string[] change = what == "paused" ? ["crun", "pause", container.Id] : ["sh", "-c", $"echo changed >{container.Bundle}/rootfs/etc/motd"];
            (await Rig.ExecAsync(Rig.A, change, Cancellation)).Successful();
        }

        await using RigProcess sender = container.StartSendingAs(what == "unknown" ? "nobody" : container.Id);
        CommandResult result = await sender.WaitAsync(Cancellation);
        await Rig.ExecAsync(Rig.A, ["crun", "resume", container.Id], Cancellation);

        result.ExitCode.Should().Be(2, $"it said {result.Output} {result.Error}");
        ErrorOf(result).Should().Contain(reason).And.Contain(remedy);
        await StayedAsync(container, answers: what != "foreign");
    }

    [Theory]
    [InlineData("taken", "has a container", "give one of the two another name")]
    [InlineData("bundle", "The bundle of the container", "Put its config.json")]
    [InlineData("configuration", "is another one than on the source", "Copy that of the source")]
    [InlineData("runtime", "this receiver takes no containers of crun", "--containers crun")]
    [Shows(Kind.Destination, "a container of runc or crun whose name is taken there, or whose bundle is not there or another one", Outcome.Refused, Remedy = "Remove the other one, copy the bundle.")]
    public async Task Send_SomethingThereIsInTheWay_RefusesWithRemedy(string what, string reason, string remedy)
    {
        Requires.Testbed();
        await using RunningContainer container = await RunningContainer.StartAsync(Rig, "crun", Cancellation);
        await using Agents agents = await Agents.StartAsync(Rig, Cancellation, "--containers", what == "runtime" ? "runc" : "crun");
        string? change = what switch
        {
            "taken" => $"cd {container.Bundle} && crun create {container.Id} </dev/null >/dev/null 2>&1",
            "bundle" => $"rm {container.Bundle}/config.json",
            "configuration" => $"sed -i 's/\"hostname\": \"web\"/\"hostname\": \"other\"/' {container.Bundle}/config.json",
            _ => null,
        };
        if (change is not null)
        {
            (await Rig.ExecAsync(Rig.B, ["sh", "-c", change], Cancellation)).Successful();
        }

        await using RigProcess sender = container.StartSending();
        CommandResult result = await sender.WaitAsync(Cancellation);

        result.ExitCode.Should().Be(1, $"it said {result.Output} {result.Error}");
        ErrorOf(result).Should().Contain("The destination refused").And.Contain(reason).And.Contain(remedy);
        await StayedAsync(container, isTaken: what == "taken");
    }

    /// <summary>A library of other content: CRIU gives up in the middle of the restore, with the runtime waiting.</summary>
    [Theory]
    [InlineData("crun")]
    [InlineData("runc")]
    public async Task Send_RestoreFailsThere_RunsOnHereAndNothingIsThere(string runtime)
    {
        Requires.Testbed();
        await using RunningContainer container = await RunningContainer.StartAsync(Rig, runtime, Cancellation);
        await using Agents agents = await Agents.StartAsync(Rig, Cancellation, "--containers", runtime);
        (await Rig.ExecAsync(Rig.B, ["sh", "-c", $"echo more >>{container.Bundle}/rootfs/usr/bin/redis-server"], Cancellation)).Successful();
        await container.IncrementAsync(Cancellation);

        await using RigProcess sender = container.StartSending();
        CommandResult result = await sender.WaitAsync(Cancellation);

        result.ExitCode.Should().Be(1, $"it said {result.Output} {result.Error}");
        ErrorOf(result).Should().Contain("redis-server");
        (await container.IncrementAsync(Cancellation)).Should().Be(2);
        await StayedAsync(container);

        // And when the cause is removed it moves.
        (await Rig.ExecAsync(Rig.B, ["cp", "-p", "/usr/bin/redis-server", $"{container.Bundle}/rootfs/usr/bin/redis-server"], Cancellation)).Successful();
        await using RigProcess again = container.StartSending();
        (await again.WaitAsync(Cancellation)).Successful();
        (await container.IncrementAsync(Cancellation)).Should().Be(4, "one was added in between");
    }

    private static JsonElement ResultOf(CommandResult result) => EventOf(result, "result");

    private static JsonElement ArrivedOf(CommandResult result) => EventOf(result, "arrived");

    private static JsonElement EventOf(CommandResult result, string name)
    {
        result.ExitCode.Should().Be(0, $"it said {result.Output} {result.Error}");
        return JsonDocument.Parse(result.Output.Split('\n').Last(line => line.Contains($"\"event\":\"{name}\"", StringComparison.Ordinal))).RootElement;
    }

    /// <summary>It runs here under its runtime, and there is nothing of it there.</summary>
    private async Task StayedAsync(RunningContainer container, bool answers = true, bool isTaken = false)
    {
        (await container.StatusAsync(Rig.A, Cancellation)).Should().Be("running");
        if (answers)
        {
            (await container.IncrementAsync(Cancellation)).Should().BePositive();
        }

        (await container.AskRuntimeAsync(Rig.A, Cancellation, "exec", container.Id, "/bin/cat", "/proc/1/comm")).Successful().Should().Be("redis-server");
        if (!isTaken)
        {
            (await container.StatusAsync(Rig.B, Cancellation)).Should().BeNull();
            (await container.GroupsAsync(Rig.B, Cancellation)).Should().BeEmpty();
        }
    }
}
