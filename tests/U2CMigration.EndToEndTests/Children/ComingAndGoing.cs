using System.Globalization;
using U2CMigration.EndToEndTests.Migration;
using U2CMigration.EndToEndTests.Testbed;
using U2CMigration.Testing;

namespace U2CMigration.EndToEndTests.Children;

/// <summary>Programs whose processes begin and end all the time, each moved once, with every page compared.</summary>
internal static class ComingAndGoing
{
    /// <summary>A server with a process per connection, or with workers that serve some and are replaced.</summary>
    public static async Task MoveServerAsync(Rig rig, string servedBy, int port, bool hasOwnCgroup, string strategy, CancellationToken cancellationToken)
    {
        Requires.Testbed();
        await using RunningWorkload server = await RunningWorkload.StartAsync(rig, "prefork", port, cancellationToken, "--serve-by", servedBy);
        await using RigProcess visitors = rig.Start(Rig.Client, NativeProgram.Build("prefork"), "--connect", $"{Rig.ServiceAddress}:{port}");
        await visitors.ReadLineAsync("ready", cancellationToken);
        await using Agents agents = await Agents.StartAsync(rig, cancellationToken);
        if (hasOwnCgroup)
        {
            await server.PutIntoOwnCgroupAsync(cancellationToken);
        }

        long before = RunningWorkload.OperationsOf(await server.AskAsync("check", cancellationToken));
        await agents.MoveAsync(server.ProcessId, cancellationToken, "--strategy", strategy);
        long visitsBefore = await VisitsAsync(visitors, cancellationToken);
        await Task.Delay(TimeSpan.FromSeconds(1), cancellationToken);

        RunningWorkload.OperationsOf(await server.AskAsync("check", cancellationToken)).Should().BeGreaterThan(before);
        (await VisitsAsync(visitors, cancellationToken)).Should().BeGreaterThan(visitsBefore);
    }

    /// <summary>A script in a loop.</summary>
    public static async Task MoveShellLoopAsync(Rig rig, bool hasOwnCgroup, string strategy, CancellationToken cancellationToken)
    {
        Requires.Testbed();
        await using RunningScript script = await RunningScript.StartAsync(
            rig, "n=0; while :; do n=$((n + 1)); files=$(ls /etc | wc -l); echo $n >count.new && mv count.new count; sleep 0.05; done", hasOwnCgroup, cancellationToken);
        await using Agents agents = await Agents.StartAsync(rig, cancellationToken);

        await agents.MoveAsync(script.ProcessId, cancellationToken, "--strategy", strategy);

        await script.ExpectProgressAsync(cancellationToken);
    }

    /// <summary>make -j4.</summary>
    public static async Task MoveMakeAsync(Rig rig, bool hasOwnCgroup, string strategy, CancellationToken cancellationToken)
    {
        Requires.Testbed();
        Requires.Command("make");
        await using RunningScript make = await RunningScript.StartAsync(rig, "exec ./make -s -j4", hasOwnCgroup, cancellationToken, static directory =>
        {
            File.Copy("/usr/bin/make", Path.Combine(directory, "make"));
            File.WriteAllText(Path.Combine(directory, "Makefile"), """
                ITEMS := $(shell seq 1 5000)
                all: $(ITEMS:%=item-%)
                item-%:
                	@head -c 200000 /dev/zero | tr '\0' 'x' | gzip -1 | gzip -d | wc -c | grep -q '^200000$$' || { echo wrong >count; exit 1; }
                	@echo $* >count.$* && mv count.$* count
                .PHONY: all
                """);
        });
        await using Agents agents = await Agents.StartAsync(rig, cancellationToken);

        await agents.MoveAsync(make.ProcessId, cancellationToken, "--strategy", strategy);

        await make.ExpectProgressAsync(cancellationToken);
    }

    private static async Task<long> VisitsAsync(RigProcess visitors, CancellationToken cancellationToken)
    {
        await visitors.Input.WriteLineAsync("check".AsMemory(), cancellationToken);
        await visitors.Input.FlushAsync(cancellationToken);
        string answer = await visitors.ReadLineAsync("connections=", cancellationToken);
        return long.Parse(answer.Split('=', ' ')[2], CultureInfo.InvariantCulture);
    }
}
