using System.Globalization;
using LiveMigration.Client;
using LiveMigration.Moves;
using LiveMigration.Rig;
using LiveMigration.StockCriu;
using LiveMigration.Workloads;
using MigrationEvents;
using MigrationEvents.Views;
using MigrationReport;
using Spectre.Console;

namespace LiveMigration;

/// <summary>Sets the scene, migrates, reports.</summary>
public sealed class Demo(DemoOptions options, Testbed testbed, IAnsiConsole console)
{
    /// <summary>The options make no sense; nothing was done.</summary>
    public const int ExitUsage = 2;

    private const int ExitSound = 0;
    private const int ExitNotSound = 1;
    private const int ExitCancelled = 130;
    private const string RigName = "demo";

    // The client's figures end two seconds after the resume; the rest is for timers that are late.
    private static readonly TimeSpan Afterwards = TimeSpan.FromSeconds(2.2);

    public static async Task<int> RunAsync(DemoOptions options, CancellationToken cancellationToken)
    {
        IAnsiConsole console = AnsiConsole.Console;
        if (!console.Profile.Out.IsTerminal)
        {
            // A log has no edge; the default of 80 would break the tables.
            console.Profile.Width = 160;
        }

        Action<string>? log = options.Verbose ? Console.Error.WriteLine : null;
        try
        {
            console.WriteLine("bringing up two hosts and a client");
            string rig = options.Keep ? RigName : $"{RigName}-{Environment.ProcessId}";
            await using Testbed testbed = await Testbed.UpAsync(options.Repository, rig, options.Pressure is null ? options.BandwidthMbit : 0, options.Keep, log, cancellationToken);
            return await new Demo(options, testbed, console).RunAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            console.WriteLine("cancelled; the hosts are gone");
            return ExitCancelled;
        }
        catch (IOException e)
        {
            console.MarkupLineInterpolated($"[red]{e.Message}[/]");
            return ExitNotSound;
        }
    }

    private async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        string cgroup = await WorkloadCgroup.MakeAsync(testbed, Host.A, cancellationToken);
        await WorkloadCgroup.MakeAsync(testbed, Host.B, cancellationToken);
        int processId = await new RedisWorkload(testbed).StartAsync(Host.A, cgroup, cancellationToken);
        int keys = await FillAsync(processId, cancellationToken);
        console.WriteLine($"redis runs in host a with {options.MemoryMib} MiB in {Figures.Count(keys)} keys");
        await using ClientProxy client = await ClientProxy.ConnectAsync(testbed, keys, options.WriteRate, cancellationToken);
        await client.AskAsync(new ClientRequest { Do = "start" }, cancellationToken);
        console.WriteLine(options.WriteRate > 0 ? $"a client writes {Figures.Count((long)options.WriteRate)} times per second over one connection" : "a client writes as fast as it can over one connection");
        await client.SteadyAsync(options.WriteRate, cancellationToken);

        var agent = new AgentMover(testbed, options.Agent, options);
        var reports = new ReportBuilder(options, await CriuVersionAsync(cancellationToken));
        if (options.Pressure is { } pressure)
        {
            DirtyRateEvent rate = await agent.DirtyRateAsync(Host.A, processId, cancellationToken);
            reports.DirtyBytesPerSecond = rate.BytesPerSecond;
            reports.BandwidthMbit = Math.Max(1, (int)Math.Round(rate.BytesPerSecond * 8 / 1e6 / pressure));
            await testbed.ShapeAsync(reports.BandwidthMbit, cancellationToken);
            console.WriteLine($"it dirties {Figures.Bytes(rate.BytesPerSecond)} per second; the link gets {reports.BandwidthMbit} Mbit/s");
            await client.SteadyAsync(options.WriteRate, cancellationToken);
        }

        IMover mover = options.Strategy == StockCriuMover.Strategy ? new StockCriuMover(testbed) : agent;
        var route = new Route(Host.A, Host.B, processId, cgroup);
        var runs = new List<RunReport>();
        for (int i = 0; i < options.Repeat; i++)
        {
            if (i > 0)
            {
                await client.SteadyAsync(options.WriteRate, cancellationToken);
            }

            console.WriteLine($"migrating from {route.From.Name} to {route.To.Name}");
            (RunReport report, Move move) = await MigrateAsync(mover, route, client, reports, cancellationToken);
            runs.Add(report);
            ReportTable.Write(console, report);
            Timeline.Save(report, Numbered(options.TimelineFile, i));
            if (move.Result is null || !report.ConnectionSurvived)
            {
                break;
            }

            route = new Route(route.To, route.From, move.ProcessId, cgroup);
        }

        return Finish(runs);
    }

    private async Task<(RunReport Report, Move Move)> MigrateAsync(IMover mover, Route route, ClientProxy client, ReportBuilder reports, CancellationToken cancellationToken)
    {
        Move move;
        await using (IProgressView view = ProgressView.For(console))
        {
            move = await mover.MoveAsync(route, view, cancellationToken);
        }

        await Task.Delay(Afterwards, cancellationToken);
        ClientRequest question = ReportBuilder.Question(move);
        ClientAnswer measured = await client.AskAsync(question, cancellationToken);
        ClientAnswer verified = await client.AskAsync(new ClientRequest { Do = "verify" }, cancellationToken);
        return (reports.Build(route, move, measured, verified), move);
    }

    private int Finish(List<RunReport> runs)
    {
        if (runs.Count > 1)
        {
            ReportTable.Write(console, SummaryRow.Summarise(runs));
        }

        if (options.JsonFile is { } json)
        {
            ReportJson.Save(runs, json);
        }

        console.WriteLine($"timeline: {options.TimelineFile}");
        if (options.Keep)
        {
            console.WriteLine($"the rig '{testbed.Name}' is still up: eng/testbed.sh exec {testbed.Name} b -- ps ax; take it down with eng/testbed.sh down {testbed.Name}");
        }

        return runs.Count == options.Repeat && runs.TrueForAll(r => r.IsSound()) ? ExitSound : ExitNotSound;
    }

    private async Task<int> FillAsync(int processId, CancellationToken cancellationToken)
    {
        string server = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{RedisWorkload.Port}");
        string output = await testbed.RunAsync(
            Host.A,
            [Environment.ProcessPath!, "fill", "--server", server, "--pid", Text(processId), "--bytes", ((long)options.MemoryMib << 20).ToString(CultureInfo.InvariantCulture)],
            cancellationToken);
        return int.Parse(output.Trim(), CultureInfo.InvariantCulture);
    }

    private async Task<string> CriuVersionAsync(CancellationToken cancellationToken)
    {
        string output = await testbed.RunAsync(Host.A, ["criu", "--version"], cancellationToken);
        return output.Split('\n')[0].Replace("Version: ", "", StringComparison.Ordinal).Trim();
    }

    private static string Numbered(string path, int index) =>
        index == 0 ? path : Path.Combine(Path.GetDirectoryName(path) ?? "", $"{Path.GetFileNameWithoutExtension(path)}-{index + 1}{Path.GetExtension(path)}");

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
