using MigrationReport;
using Spectre.Console;

namespace LiveMigration;

/// <summary>Sets the scene, migrates, reports.</summary>
public sealed class Demo(DemoOptions options, IAnsiConsole console)
{
    private const string RigName = "demo";

    public static Task<int> RunAsync(DemoOptions options, CancellationToken cancellationToken) =>
        ExitCode.OfAsync(console => new Demo(options, console).RunAsync(cancellationToken), cancellationToken);

    /// <summary>The clients of services do not tell when each of their answers came.</summary>
    private bool HasTimeline => options.Scene.Workload.Service is null;

    private async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        string rig = options.Scene.Keep ? RigName : $"{RigName}-{Environment.ProcessId}";
        await using Scene scene = await Scene.SetAsync(options.Scene, rig, console, cancellationToken);
        if (options.Scene.Pressure is { } pressure)
        {
            await scene.PressAsync(pressure, cancellationToken);
        }

        var runs = new List<RunReport>();
        bool goesOn = true;
        for (int i = 0; i < options.Repeat && goesOn; i++)
        {
            await scene.SteadyAsync(cancellationToken);
            (RunReport report, goesOn) = await scene.MigrateAsync(options.Strategy, cancellationToken);
            runs.Add(report);
            ReportTable.Write(console, report);
            if (HasTimeline)
            {
                Timeline.Save(report, Numbered(options.TimelineFile, i));
            }
        }

        bool isWhole = await scene.FinishAsync(cancellationToken);
        Finish(runs, rig);
        return isWhole && runs.Count == options.Repeat && runs.TrueForAll(r => r.IsSound());
    }

    private void Finish(List<RunReport> runs, string rig)
    {
        if (runs.Count > 1)
        {
            ReportTable.Write(console, SummaryRow.Summarise(runs));
        }

        if (options.JsonFile is { } json)
        {
            ReportJson.Save(runs, json);
        }

        if (HasTimeline)
        {
            console.WriteLine($"timeline: {options.TimelineFile}");
        }

        if (options.Scene.Keep)
        {
            console.WriteLine($"the rig '{rig}' is still up: eng/{options.Scene.Rig.Script} exec {rig} b -- ps ax; take it down with eng/{options.Scene.Rig.Script} down {rig}");
        }
    }

    private static string Numbered(string path, int index) =>
        index == 0 ? path : Path.Combine(Path.GetDirectoryName(path) ?? "", $"{Path.GetFileNameWithoutExtension(path)}-{index + 1}{Path.GetExtension(path)}");
}
