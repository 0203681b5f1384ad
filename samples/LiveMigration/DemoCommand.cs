using System.CommandLine;
using LiveMigration.StockCriu;
using LiveMigration.Workloads;
using U2CMigration.Strategy.Strategies;

namespace LiveMigration;

/// <summary>The command line of the demo.</summary>
public static class DemoCommand
{
    public static RootCommand Create()
    {
        var scene = new SceneArguments();
        var workload = new Option<string>("--workload") { Description = $"What is migrated: {SceneArguments.WorkloadNames}.", DefaultValueFactory = _ => WorkloadCatalogue.Names[0] };
        workload.Validators.Add(result => SceneArguments.CheckWorkload(result.GetValueOrDefault<string>(), result.AddError));
        Option<int> memory = SceneArguments.Number("--memory-mib", 512, SceneArguments.LeastMemoryMib, SceneArguments.MostMemoryMib, "Resident memory of the workload, MiB.");
        Option<int> bandwidth = SceneArguments.Number("--bandwidth-mbit", 1000, 0, SceneArguments.MostMbit, "Limit of the link between the hosts, Mbit/s; 0 for none.");
        var pressure = new Option<double?>("--pressure") { Description = "Instead of --bandwidth-mbit: the bandwidth is the measured dirty bytes per second divided by this." };
        pressure.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<double?>() is <= 0)
            {
                result.AddError("--pressure must be above 0; 1 is a link just as fast as the workload dirties memory.");
            }
        });
        var strategy = new Option<string?>("--strategy")
        {
            Description = $"What decides the rounds and the stop: {SceneArguments.StrategyNames} (default: {MigrationStrategies.DefaultName}). criu-stock is CRIU alone, stop-and-copy through its page server; criu-predump-* are its own pre-dumps, driven by the rules of other engines, on kernels with soft-dirty.",
        };
        strategy.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is { } name)
            {
                SceneArguments.CheckStrategy(name, result.AddError);
            }
        });
        var container = new Option<string?>("--container") { HelpName = "RUNTIME", Description = "Run the workload in a container of runc, crun or podman, and move that (redis, memcached, cg, train, sort)." };
        container.AcceptOnlyFromAmong("runc", "crun", "podman");
        Option<int> repeat = SceneArguments.Number("--repeat", 1, 1, 1000, "Migrations in a row, there and back, with one client connection open all along.");
        var timeline = new Option<string?>("--timeline") { Description = "Where the picture goes (default: artifacts/demo/timeline.png)." };
        var keep = new Option<bool>("--keep") { Description = "Leave the two hosts standing with the workload in them; the rig is called 'demo'." };

        var command = new RootCommand("Live-migrates a real workload between two isolated hosts on this machine while a client uses it, and reports what the client noticed.")
        {
            workload, container, memory, bandwidth, pressure, strategy, repeat, timeline, keep,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(container) is not null && (WorkloadCatalogue.Names.Contains(result.GetValue(workload)) && WorkloadCatalogue.Find(result.GetValue(workload)!).IsService || CriuStrategies.Has(result.GetValue(strategy))))
            {
                result.AddError("--container is for redis, memcached, cg, train and sort, and for the strategies of the library: CRIU alone, and services with files of their own, move as process trees.");
            }
        });
        scene.AddTo(command, result => [result.GetValue(workload)!]);
        command.SetAction((parsed, cancellationToken) =>
        {
            SceneOptions options = scene.Scene(parsed, parsed.GetValue(workload)!, parsed.GetValue(memory), parsed.GetValue(bandwidth), parsed.GetValue(pressure), parsed.GetValue(keep)) with { Container = parsed.GetValue(container) };
            var demo = new DemoOptions
            {
                Scene = options,
                Strategy = parsed.GetValue(strategy),
                Repeat = parsed.GetValue(repeat),
                JsonFile = parsed.GetValue(scene.Json),
                TimelineFile = parsed.GetValue(timeline) ?? Path.Combine(options.Repository, "artifacts", "demo", "timeline.png"),
            };
            return Demo.RunAsync(demo, cancellationToken);
        });
        return command;
    }
}
