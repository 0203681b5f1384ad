using System.Globalization;
using LiveMigration.Workloads;
using MigrationReport;
using Spectre.Console;

namespace LiveMigration;

/// <summary>The same migration under several strategies, repeated and interleaved, so that what disturbs one disturbs all.</summary>
public sealed class Comparison(ComparisonOptions options, IAnsiConsole console)
{
    private readonly List<RunReport> _runs = [];

    public static Task<int> RunAsync(ComparisonOptions options, CancellationToken cancellationToken) =>
        ExitCode.OfAsync(console => new Comparison(options, console).RunAsync(cancellationToken), cancellationToken);

    private async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        bool complete = true;
        foreach (KnownWorkload workload in options.Workloads)
        {
            foreach (int memory in options.MemoryMib)
            {
                complete &= await RunAsync(options.Scene with { Workload = workload, MemoryMib = memory }, cancellationToken);
                // A comparison may take hours: what is there survives whatever ends it.
                Save();
            }
        }

        ReportTable.Write(console, SummaryRow.Summarise(_runs));
        console.WriteLine($"plots: {options.PlotDirectory}");
        return complete && _runs.TrueForAll(run => run.IsSound());
    }

    private void Save()
    {
        ComparisonPlots.Save(_runs, options.PlotDirectory);
        if (options.JsonFile is { } json)
        {
            ReportJson.SaveSet(_runs, json);
        }
    }

    /// <summary>All links and strategies with one workload that is moved to and fro.</summary>
    private async Task<bool> RunAsync(SceneOptions sceneOptions, CancellationToken cancellationToken)
    {
        await using Scene scene = await Scene.SetAsync(sceneOptions, $"compare-{Environment.ProcessId}", console, cancellationToken);
        foreach (double? pressure in options.Pressures.Count > 0 ? options.Pressures.Select(p => (double?)p) : [null])
        {
            foreach (int mbit in pressure is null ? options.BandwidthMbit : [0])
            {
                await LinkAsync(scene, pressure, mbit, cancellationToken);
                for (int i = 0; i < options.Repeat; i++)
                {
                    foreach (string strategy in options.Strategies)
                    {
                        await scene.SteadyAsync(cancellationToken);
                        (RunReport report, bool goesOn) = await scene.MigrateAsync(strategy, cancellationToken);
                        report = report with { Pressure = pressure ?? 0 };
                        _runs.Add(report);
                        console.WriteLine(OneLine(report));
                        if (!goesOn)
                        {
                            return false;
                        }
                    }
                }
            }
        }

        return await scene.FinishAsync(cancellationToken);
    }

    private static Task LinkAsync(Scene scene, double? pressure, int mbit, CancellationToken cancellationToken) =>
        pressure is { } value ? scene.PressAsync(value, cancellationToken) : scene.ShapeAsync(mbit, cancellationToken);

    private static string OneLine(RunReport run) => string.Create(
        CultureInfo.InvariantCulture,
        $"  {run.Strategy}: {run.Outcome}, duration {run.DurationMs:N0} ms, downtime {run.DowntimeMs:N1} ms, client gap {run.ClientGapMs:N1} ms, {run.WireBytes >> 20} MiB, lost {run.LostWrites}, mismatched {run.PagesMismatched}");
}
