using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using U2CMigration.Strategy.Replay;
using U2CMigration.Strategy.Strategies;

namespace PredictionEvaluation.Strategies;

/// <summary><c>scale</c>: what a replayed migration costs by the size of the container, up to a tebibyte.</summary>
public static class ScaleCommand
{
    private const int PagesPerGibibyte = 1 << 18;

    public static Command Create()
    {
        var sizes = new Option<string>("--gib") { Description = "Sizes in GiB, by commas.", DefaultValueFactory = _ => "1,16,64,1024" };
        var names = new Option<string>("--strategies") { Description = "Strategies, by commas.", DefaultValueFactory = _ => "precopy-qemu" };
        var command = new Command("scale", "What planning and keeping books costs per page, from 1 GiB to 1 TiB. With u2c a TiB needs about 8 GiB of memory.") { sizes, names };
        command.SetAction(parsed =>
        {
            var table = new SummaryTable("Cost by size", ["strategy", "GiB", "rounds", "processor s", "ns per page and round"], [.. Rows(parsed.GetRequiredValue(names), parsed.GetRequiredValue(sizes))]);
            AnsiConsole.Write(table.ToConsole());
        });
        return command;
    }

    private static IEnumerable<IReadOnlyList<string>> Rows(string names, string sizes)
    {
        foreach (string name in names.Split(','))
        {
            // The first run also compiles.
            Run(name, 1);
            foreach (long size in sizes.Split(',').Select(static text => long.Parse(text, CultureInfo.InvariantCulture)))
            {
                TimeSpan before = Environment.CpuUsage.TotalTime;
                int rounds = Run(name, size);
                double seconds = (Environment.CpuUsage.TotalTime - before).TotalSeconds;
                double perPage = seconds * 1e9 / (size * PagesPerGibibyte) / Math.Max(1, rounds);
                yield return [name, $"{size}", $"{rounds}", seconds.ToString("N3", CultureInfo.InvariantCulture), perPage.ToString("N1", CultureInfo.InvariantCulture)];
            }
        }
    }

    /// <summary>A container of which a thousandth is always written and a two-hundredth per second in turn, over a link that carries all of it in 8 s.</summary>
    private static int Run(string name, long gibibytes)
    {
        long pages = gibibytes * PagesPerGibibyte;
        var conditions = new ReplayConditions { BandwidthBytesPerSecond = gibibytes * (double)(1 << 30) / 8, MaxDuration = TimeSpan.FromMinutes(1) };
        return MigrationReplay.Run(new SweptContainer(pages, pages / 1000, pages / 200), conditions, MigrationStrategies.CreateForReplay(name)).Rounds.Count;
    }
}
