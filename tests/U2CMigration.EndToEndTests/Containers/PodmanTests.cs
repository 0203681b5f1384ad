using System.Globalization;
using System.Text.Json;
using U2CMigration.EndToEndTests.Migration;
using U2CMigration.EndToEndTests.Testbed;
using U2CMigration.Testing;
using U2CMigration.Testing.Showing;

namespace U2CMigration.EndToEndTests.Containers;

/// <summary>Containers of podman: afterwards podman of the destination has them, and that of the source has forgotten them.</summary>
[Collection<PodmanCollection>]
public sealed class PodmanTests(PodmanRig fixture) : IDisposable
{
    private const string Count = "i=0; while :; do echo line $i; i=$((i+1)); sleep 0.01; done";

    private readonly CancellationTokenSource _limit = Limited();

    private CancellationToken Cancellation => _limit.Token;

    public void Dispose() => _limit.Dispose();

    [Fact]
    [Shows(Kind.Containers, "a container of podman in the network of its host", Outcome.Moved, Because = "With its name and id, limits, restart policy, health check and default seccomp filter; podman of the destination has it then.")]
    public async Task Move_UnderWrites_ConnectionSurvivesAndPodmanThereHasIt()
    {
        Rig rig = await fixture.UpAsync(Cancellation);
        await using RunningPodman container = await RunningPodman.StartAsync(rig, Cancellation, "--memory", "300m", "--pids-limit", "77", "--health-cmd", "/bin/cat /proc/1/comm");
        string id = (await container.AskAsync(Rig.A, Cancellation, "container", "inspect", "--format", "{{.Id}}", container.Id)).Successful();
        await using Agents agents = await Agents.StartAsync(rig, Cancellation, "--containers", "podman");
        using var stop = new CancellationTokenSource();
        Task<long> writing = WriteAsync(container, stop.Token);

        await using RigProcess sender = container.StartSending("--verify");
        JsonElement result = EventOf(await sender.WaitAsync(Cancellation), "result");
        JsonElement arrived = EventOf(await agents.Receiver.WaitAsync(Cancellation), "arrived");
        await stop.CancelAsync();
        long written = await writing;

        result.GetProperty("pagesMismatched").GetInt64().Should().Be(0);
        result.GetProperty("pagesVerified").GetInt64().Should().BePositive();
        arrived.GetProperty("warnings").GetArrayLength().Should().Be(0);
        (await container.AskAsync(Rig.A, Cancellation, "ps", "--all", "--quiet")).Successful().Should().BeEmpty();
        (await rig.ExecAsync(Rig.A, ["pgrep", "-x", "conmon"], Cancellation)).ExitCode.Should().Be(1, "no conmon is left");
        (await container.AskAsync(Rig.B, Cancellation, "ps", "--format", "{{.Names}}")).Successful().Should().Be(container.Id);
        (await container.AskAsync(Rig.B, Cancellation, "container", "inspect", "--format", "{{.Id}} {{.HostConfig.Memory}} {{.HostConfig.PidsLimit}}", container.Id)).Successful().Should().Be($"{id} {300 << 20} 77");
        string limit = $"cat /sys/fs/cgroup/memory/libpod_parent/libpod-{id}/memory.limit_in_bytes 2>/dev/null || cat /sys/fs/cgroup/libpod_parent/libpod-{id}/memory.max";
        (await rig.ExecAsync(Rig.B, ["sh", "-c", limit], Cancellation)).Successful().Should().Be($"{300 << 20}");
        (await container.ExecAsync(Rig.B, Cancellation, "/bin/cat", "/proc/1/comm")).Successful().Should().Be("redis-server");
        (await container.AskAsync(Rig.B, Cancellation, "logs", container.Id)).Successful().Should().Contain("Ready to accept connections");
        (await container.AskAsync(Rig.B, Cancellation, "healthcheck", "run", container.Id)).Successful();
        (await container.AskAsync(Rig.B, Cancellation, "pause", container.Id)).Successful();
        (await container.AskAsync(Rig.B, Cancellation, "unpause", container.Id)).Successful();
        (await container.IncrementAsync(Cancellation)).Should().Be(written + 1);
        (await container.AskAsync(Rig.B, Cancellation, "stop", container.Id)).Successful();
        (await container.AskAsync(Rig.B, Cancellation, "container", "inspect", "--format", "{{.State.Status}} {{.State.ExitCode}}", container.Id)).Successful().Should().Be("exited 0");
        (await container.AskAsync(Rig.B, Cancellation, "rm", container.Id)).Successful();
    }

    /// <summary>One line each hundredth of a second, so that some are written between the description and the freeze.</summary>
    [Fact]
    [Shows(Kind.Containers, "the log that podman keeps of a container in a file", Outcome.CarriedBeside, Because = "Up to 16 MiB of it while the container is frozen, more only if older lines may be left (ContainerOptions.AllowShorterLog); what journald or another driver has stays.")]
    public async Task Move_WhileItLogs_LogHasEveryLineOnce()
    {
        Rig rig = await fixture.UpAsync(Cancellation);
        await using RunningPodman container = await RunningPodman.RunAsync(rig, "logging", ["--restart", "always"], Cancellation, "/bin/sh", "-c", Count);
        await using Agents agents = await Agents.StartAsync(rig, Cancellation, "--containers", "podman");

        await using RigProcess sender = container.StartSending();
        EventOf(await sender.WaitAsync(Cancellation), "result");
        EventOf(await agents.Receiver.WaitAsync(Cancellation), "arrived");
        string first = await LogAsync(container);
        string log = await LogAsync(container);

        int[] numbers = [.. log.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => int.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture))];
        numbers.Should().Equal(Enumerable.Range(0, numbers.Length));
        log.Length.Should().BeGreaterThan(first.Length, "it logs on");

        // Its restart policy is that of the destination now: there it is started again, and on the source nothing is.
        string kill = $"kill -KILL $(podman container inspect --format '{{{{.State.Pid}}}}' {container.Id}); until podman logs {container.Id} | grep -c '^line 0$' | grep -qx 2; do sleep 0.05; done";
        (await rig.ExecAsync(Rig.B, ["sh", "-c", kill], Cancellation)).Successful();
        (await container.AskAsync(Rig.A, Cancellation, "ps", "--all", "--quiet")).Successful().Should().BeEmpty();
    }

    /// <summary>What podman says on a host between two migrations is not the business of any of them.</summary>
    [Theory]
    [InlineData("unknown", "podman has no container nobody", "podman ps")]
    [InlineData("paused", "is paused", "podman unpause")]
    [InlineData("stopped", "has ended", "Start it on the destination")]
    [InlineData("--rm", "was made with --rm", "Make it without --rm")]
    [InlineData("-t", "has a terminal", "Run it without one")]
    [InlineData("-i", "has an open standard input", "Run it without one")]
    [InlineData("--network none", "network namespace of its own", "--network host")]
    [InlineData("--pid host", "no PID namespace", "Give it one")]
    [InlineData("--ipc host", "no IPC namespace", "Give it one")]
    [InlineData("--pod web-pod", "belongs to a pod", "outside of a pod")]
    [InlineData("--volume data:/data", "the volume data at /data", "--files-are-there")]
    [InlineData("--label PODMAN_SYSTEMD_UNIT=web.service", "run by the unit web.service", "Stop the unit")]
    [InlineData("exec", "started from outside", "end it first")]
    [InlineData("changed", "/etc/motd", "--files-are-there")]
    [InlineData("shared memory", "/dev/shm/some", "--tmpfs")]
    [InlineData("needed", "is needed by others (other)", "Remove these first")]
    [Shows(Kind.Containers, "a container of podman with --rm, -t, -i, a pod, shared namespaces, a network of its own, a volume, open exec sessions, paused or stopped", Outcome.Refused, Remedy = "Each refusal says what helps; volumes move with ContainerOptions.FilesAreThere where the caller has them there.")]
    public async Task Check_SomethingHereIsInTheWay_RefusesWithRemedy(string what, string reason, string remedy)
    {
        Rig rig = await fixture.UpAsync(Cancellation);
        await rig.ExecAsync(Rig.A, ["podman", "rm", "--all", "--force", "--time", "0"], Cancellation);
        await rig.ExecAsync(Rig.A, ["podman", "pod", "create", "--infra=false", "--name", "web-pod"], Cancellation);
        await using RunningPodman container = await RunningPodman.RunAsync(rig, "refused", what.StartsWith('-') ? what.Split(' ') : [], Cancellation, "/bin/sleep", "1000");
        string? change = what switch
        {
            "paused" => "podman pause refused",
            "stopped" => "podman stop --time 0 refused",
            "exec" => "podman exec --detach refused /bin/sleep 100; until pgrep -fx '/bin/sleep 100'; do sleep 0.01; done",
            "changed" => "podman exec refused /bin/sh -c 'echo changed >/etc/motd'",
            "shared memory" => "podman exec refused /bin/sh -c 'echo some >/dev/shm/some'",
            "needed" => "podman run --detach --name other --network host --pid container:refused u2c-redis",
            _ => null,
        };
        if (change is not null)
        {
            (await rig.ExecAsync(Rig.A, ["sh", "-c", change], Cancellation)).Successful();
        }

        JsonElement check = await CheckAsync(rig, what == "unknown" ? "nobody" : "refused");
        CommandResult listed = await rig.ExecAsync(Rig.A, [.. ProgramInHosts.Agent, "list", "--json-lines"], Cancellation);
        await rig.ExecAsync(Rig.A, ["sh", "-c", "podman unpause --all; podman rm --all --force --time 0; podman pod rm --all --force; podman volume prune --force"], Cancellation);

        string.Join(' ', check.GetProperty("problems").EnumerateArray().Select(static one => one.GetString())).Should().Contain(reason).And.Contain(remedy);
        if (what != "unknown")
        {
            JsonElement line = listed.Successful().Split('\n').Select(static one => JsonDocument.Parse(one).RootElement).Single(static one => one.GetProperty("name").GetString() == "refused");
            line.GetProperty("canMove").GetBoolean().Should().BeFalse();
            line.GetProperty("problems").EnumerateArray().Select(static one => one.GetString()).Should().Contain(one => one!.Contains(reason));
        }
    }

    [Theory]
    [InlineData("taken", "podman has a container", "give one of the two another name")]
    [InlineData("image", "is not on this host", "podman save")]
    [InlineData("other image", "is another one", "podman save")]
    [InlineData("runtime", "this receiver takes no containers of podman", "--containers podman")]
    [Shows(Kind.Destination, "a container of podman whose name is taken there, or whose image (by its id) is not there", Outcome.Refused, Remedy = "Remove the other one, copy the image by podman save and podman load.")]
    public async Task Send_SomethingThereIsInTheWay_RefusesWithRemedy(string what, string reason, string remedy)
    {
        Rig rig = await fixture.UpAsync(Cancellation);
        await using RunningPodman container = await RunningPodman.StartAsync(rig, Cancellation);
        await using Agents agents = await Agents.StartAsync(rig, Cancellation, "--containers", what == "runtime" ? "crun" : "podman");
        string? change = what switch
        {
            "taken" => container.MakeAnother,
            "image" => "podman rmi --force u2c-redis",
            "other image" => "podman rmi --force u2c-redis; tar -c -T /dev/null | podman import - u2c-redis",
            _ => null,
        };
        if (change is not null)
        {
            (await rig.ExecAsync(Rig.B, ["sh", "-c", change], Cancellation)).Successful();
        }

        await using RigProcess sender = container.StartSending();
        CommandResult result = await sender.WaitAsync(Cancellation);
        string? there = await container.StatusAsync(Rig.B, Cancellation);
        if (what.EndsWith("image", StringComparison.Ordinal))
        {
            await rig.ExecAsync(Rig.B, ["podman", "rmi", "--force", "u2c-redis"], Cancellation);
        }

        result.ExitCode.Should().Be(1, $"it said {result.Output} {result.Error}");
        ErrorOf(result).Should().Contain("The destination refused").And.Contain(reason).And.Contain(remedy);
        (await container.IncrementAsync(Cancellation)).Should().Be(1);
        (await container.StatusAsync(Rig.A, Cancellation)).Should().Be("running");
        there.Should().Be(what == "taken" ? "created" : null);
    }

    private static CancellationTokenSource Limited()
    {
        var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromMinutes(2));
        return limit;
    }

    private static JsonElement EventOf(CommandResult result, string name)
    {
        result.ExitCode.Should().Be(0, $"it said {result.Output} {result.Error}");
        return JsonDocument.Parse(result.Output.Split('\n').Last(line => line.Contains($"\"event\":\"{name}\"", StringComparison.Ordinal))).RootElement;
    }

    private static string ErrorOf(CommandResult result) =>
        JsonDocument.Parse(result.Output.Split('\n').Last(static line => line.Contains("\"event\":\"error\"", StringComparison.Ordinal))).RootElement.GetProperty("message").GetString()!;

    private async Task<long> WriteAsync(RunningPodman container, CancellationToken stop)
    {
        long expected = await container.IncrementAsync(Cancellation);
        while (!stop.IsCancellationRequested)
        {
            (await container.IncrementAsync(Cancellation)).Should().Be(++expected);
        }

        return expected;
    }

    private async Task<string> LogAsync(RunningPodman container)
    {
        await Task.Delay(100, Cancellation);
        return (await container.AskAsync(Rig.B, Cancellation, "logs", container.Id)).Successful();
    }

    private async Task<JsonElement> CheckAsync(Rig rig, string name)
    {
        CommandResult result = await rig.ExecAsync(Rig.A, [.. ProgramInHosts.Agent, "check", "--container", $"podman:{name}", "--json"], Cancellation);
        result.ExitCode.Should().Be(2, $"it said {result.Output} {result.Error}");
        return JsonDocument.Parse(result.Output.Split('\n').First(static line => line.Contains("\"event\":\"check\"", StringComparison.Ordinal))).RootElement;
    }
}
