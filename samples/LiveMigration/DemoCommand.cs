using System.CommandLine;
using LiveMigration.StockCriu;
using U2CMigration.Strategy.Strategies;

namespace LiveMigration;

/// <summary>The command line of the demo.</summary>
public static class DemoCommand
{
    private const string Redis = "redis";

    // They are named in the project's plan, so people will ask for them.
    private static readonly string[] LaterWorkloads = ["memcached", "cg", "train", "sort"];

    public static RootCommand Create()
    {
        var workload = new Option<string>("--workload") { Description = "What is migrated: redis.", DefaultValueFactory = _ => Redis };
        workload.Validators.Add(result =>
        {
            string name = result.GetValueOrDefault<string>();
            if (LaterWorkloads.Contains(name))
            {
                result.AddError($"The workload '{name}' is not built yet; use --workload redis.");
            }
            else if (name != Redis)
            {
                result.AddError($"There is no workload '{name}'; use --workload redis.");
            }
        });
        Option<int> memory = Number("--memory-mib", 512, 16, 16384, "Resident memory of the workload, MiB.");
        Option<int> rate = Number("--write-rate", 2000, 0, 1_000_000, "Client operations per second, each a SET of 500 bytes and an INCR; 0 for as many as possible.");
        Option<int> bandwidth = Number("--bandwidth-mbit", 1000, 0, 100_000, "Limit of the link between the hosts, Mbit/s; 0 for none.");
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
            Description = $"What decides the rounds and the stop: {string.Join(", ", MigrationStrategies.Names)} (default: {MigrationStrategies.DefaultName}); "
                + $"or {StockCriuMover.Strategy}, which is CRIU alone, stop-and-copy through its page server.",
        };
        strategy.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is { } name && name != StockCriuMover.Strategy && !MigrationStrategies.Names.Contains(name))
            {
                result.AddError($"There is no strategy '{name}'; choose one of {string.Join(", ", MigrationStrategies.Names)}, {StockCriuMover.Strategy}.");
            }
        });
        var tracker = new Option<string>("--tracker") { Description = "auto, write-protect, soft-dirty or content-hash.", DefaultValueFactory = _ => "auto" };
        tracker.AcceptOnlyFromAmong("auto", "write-protect", "soft-dirty", "content-hash");
        var restoreMode = new Option<string>("--restore-mode") { Description = "auto, first-touch or flat-images.", DefaultValueFactory = _ => "auto" };
        restoreMode.AcceptOnlyFromAmong("auto", "first-touch", "flat-images");
        var verify = new Option<bool>("--verify") { Description = "Compare every page of the frozen source with the destination, outside the downtime." };
        Option<int> repeat = Number("--repeat", 1, 1, 1000, "Migrations in a row, there and back, with one client connection open all along.");
        var json = new Option<string?>("--json") { Description = "Write the report to this file." };
        var timeline = new Option<string?>("--timeline") { Description = "Where the picture goes (default: artifacts/demo/timeline.png)." };
        var keep = new Option<bool>("--keep") { Description = "Leave the two hosts standing with the workload in them; the rig is called 'demo'." };
        var verbose = new Option<bool>("--verbose") { Description = "Show the logs of the agents." };
        var agent = new Option<string?>("--agent") { Description = "The published migration agent.", Hidden = true };

        var command = new RootCommand("Live-migrates a real workload between two isolated hosts on this machine while a client uses it, and reports what the client noticed.")
        {
            workload, memory, rate, bandwidth, pressure, strategy, tracker, restoreMode, verify, repeat, json, timeline, keep, verbose, agent,
        };
        command.SetAction((parsed, cancellationToken) =>
        {
            string repository = Repository.Find();
            return Demo.RunAsync(
                new DemoOptions
                {
                    Workload = parsed.GetValue(workload)!,
                    MemoryMib = parsed.GetValue(memory),
                    WriteRate = parsed.GetValue(rate),
                    BandwidthMbit = parsed.GetValue(bandwidth),
                    Pressure = parsed.GetValue(pressure),
                    Strategy = parsed.GetValue(strategy),
                    Tracker = parsed.GetValue(tracker)!,
                    RestoreMode = parsed.GetValue(restoreMode)!,
                    Verify = parsed.GetValue(verify),
                    Repeat = parsed.GetValue(repeat),
                    JsonFile = parsed.GetValue(json),
                    TimelineFile = parsed.GetValue(timeline) ?? Path.Combine(repository, "artifacts", "demo", "timeline.png"),
                    Keep = parsed.GetValue(keep),
                    Verbose = parsed.GetValue(verbose),
                    Agent = parsed.GetValue(agent) ?? Path.Combine(repository, "artifacts", "samples", "MigrationAgent", "MigrationAgent"),
                    Repository = repository,
                },
                cancellationToken);
        });
        return command;
    }

    private static Option<int> Number(string name, int value, int least, int most, string description)
    {
        var option = new Option<int>(name) { Description = description, DefaultValueFactory = _ => value };
        option.Validators.Add(result =>
        {
            // A text that is no number is reported by the parser itself.
            if (result.Tokens.Count == 1 && int.TryParse(result.Tokens[0].Value, out int given) && (given < least || given > most))
            {
                result.AddError($"{name} is {given}; it must be from {least} to {most}.");
            }
        });
        return option;
    }
}
