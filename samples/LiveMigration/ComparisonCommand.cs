using System.CommandLine;
using LiveMigration.StockCriu;
using LiveMigration.Workloads;
using U2CMigration.Strategy.Strategies;

namespace LiveMigration;

/// <summary>The command line of a comparison.</summary>
public static class ComparisonCommand
{
    public static Command Create()
    {
        var scene = new SceneArguments();
        Option<IReadOnlyList<string>> workload = SceneArguments.NameList("--workload", [WorkloadCatalogue.Names[0]], SceneArguments.CheckWorkload, $"What is migrated: {SceneArguments.WorkloadNames}.");
        Option<IReadOnlyList<double>> memory = SceneArguments.Numbers("--memory-mib", [512], SceneArguments.LeastMemoryMib, SceneArguments.MostMemoryMib, "Resident memory of the workload, MiB; a list makes one scene for each.");
        Option<IReadOnlyList<double>> bandwidth = SceneArguments.Numbers("--bandwidth-mbit", [1000], 0, SceneArguments.MostMbit, "Limits of the link between the hosts, Mbit/s; 0 for none.");
        Option<IReadOnlyList<double>> pressure = SceneArguments.Numbers("--pressure", [], 0.01, 100, "Instead of --bandwidth-mbit: the link gets the measured dirty bytes per second divided by this.");
        Option<IReadOnlyList<string>> strategy = SceneArguments.NameList(
            "--strategy", [MigrationStrategies.DefaultName, CriuStrategies.Stock], SceneArguments.CheckStrategy,
            $"What is compared; the first is the reference of the ratios: {SceneArguments.StrategyNames}.");
        Option<int> repeat = SceneArguments.Number("--repeat", 5, 1, 1000, "Runs of each combination, interleaved.");
        var plots = new Option<string?>("--plots") { Description = "Where the pictures go (default: artifacts/compare)." };
        var command = new Command("compare", "Runs the same migration under several strategies, interleaved and repeated, and prints medians, ranges and ratios. Lists are separated by commas.")
        {
            workload, memory, bandwidth, pressure, strategy, repeat, plots,
        };
        scene.AddTo(command, result => result.GetValue(workload)!);
        command.SetAction((parsed, cancellationToken) => Comparison.RunAsync(
            new ComparisonOptions
            {
                Scene = scene.Scene(parsed, WorkloadCatalogue.Names[0], 0, 0, null, keep: false),
                Workloads = [.. parsed.GetValue(workload)!.Select(WorkloadCatalogue.Find)],
                MemoryMib = [.. parsed.GetValue(memory)!.Select(value => (int)value)],
                BandwidthMbit = [.. parsed.GetValue(bandwidth)!.Select(value => (int)value)],
                Pressures = parsed.GetValue(pressure)!,
                Strategies = parsed.GetValue(strategy)!,
                Repeat = parsed.GetValue(repeat),
                PlotDirectory = parsed.GetValue(plots) ?? Path.Combine(Repository.Find(), "artifacts", "compare"),
                JsonFile = parsed.GetValue(scene.Json),
            },
            cancellationToken));
        return command;
    }
}
