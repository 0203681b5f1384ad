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

/// <summary>Two hosts, a workload in one of them and a client that uses it all along. Disposing takes everything down.</summary>
public sealed class Scene : IAsyncDisposable
{
    // The client's figures end two seconds after the resume; the rest is for timers that are late.
    private static readonly TimeSpan Afterwards = TimeSpan.FromSeconds(2.2);

    private readonly SceneOptions _options;
    private readonly IAnsiConsole _console;
    private readonly Testbed _testbed;
    private readonly ClientProxy _client;
    private readonly ReportBuilder _reports;
    private Route _route;

    private Scene(SceneOptions options, IAnsiConsole console, Testbed testbed, ClientProxy client, ReportBuilder reports, Route route) =>
        (_options, _console, _testbed, _client, _reports, _route) = (options, console, testbed, client, reports, route);

    /// <summary>Brings the hosts up, starts and fills the workload, and lets the client begin; <see cref="SteadyAsync"/> belongs before each migration.</summary>
    public static async Task<Scene> SetAsync(SceneOptions options, string rig, IAnsiConsole console, CancellationToken cancellationToken)
    {
        Action<string>? log = options.Verbose ? Console.Error.WriteLine : null;
        console.WriteLine($"bringing up {options.Rig.Description}");
        RigKind kind = options.Workload.IsService ? options.Rig.WithServices() : options.Container == "podman" ? options.Rig.WithPodman() : options.Rig;
        if (options.Container is not null && kind.HasOwnClocks)
        {
            throw new IOException("Container runtimes are not installed in emulated machines: choose hosts that are namespaces (--rig namespaces).");
        }

        Testbed testbed = await Testbed.UpAsync(options.Repository, kind, rig, options.Pressure is null ? options.BandwidthMbit : 0, options.Keep, log, cancellationToken);
        ClientProxy? client = null;
        try
        {
            string cgroup = await WorkloadCgroup.MakeAsync(testbed, Host.A, cancellationToken);
            await WorkloadCgroup.MakeAsync(testbed, Host.B, cancellationToken);
            double floor = options.FloorMoves > 0 ? await new CriuFloor(testbed, cgroup).MeasureAsync(options.FloorMoves, cancellationToken) : 0;
            int processId = options.Container is { } runtime
                ? await new ContainerStarter(testbed, runtime).StartAsync(Host.A, Host.B, options.Repository, options.Workload.Command(options), cancellationToken)
                : await new WorkloadStarter(testbed).StartAsync(Host.A, cgroup, options.Workload.Command(options), cancellationToken);
            int keys = options.Workload.Service is null ? await PrepareAsync(testbed, options, processId, cancellationToken) : 0;
            console.WriteLine(options.Workload.Service is not null
                ? $"{options.Workload.Name} runs in host a"
                : $"{options.Workload.Name} runs in host a with {options.MemoryMib} MiB{(keys > 0 ? $" in {Figures.Count(keys)} keys" : "")}");
            client = await ClientProxy.ConnectAsync(testbed, options, keys, cancellationToken);
            await client.AskAsync(new ClientRequest { Do = "start" }, cancellationToken);
            console.WriteLine(options.Workload.Service is not null
                ? $"its client: {options.Workload.Operations}; every answer is checked"
                : $"{(options.WriteRate > 0 ? Figures.Count(options.WriteRate) : "as many as possible")} per second: {options.Workload.Operations}; a client holds one connection");
            var reports = new ReportBuilder(options, await KernelAsync(testbed, cancellationToken), await CriuVersionAsync(testbed, cancellationToken)) { FloorMs = floor };
            var scene = new Scene(options, console, testbed, client, reports, new Route(Host.A, Host.B, processId, cgroup));
            if (options.MeasuresDirtyRate && options.Pressure is null)
            {
                await scene.DirtyRateAsync(cancellationToken);
            }

            return scene;
        }
        catch
        {
            if (client is not null)
            {
                await client.DisposeAsync();
            }

            await testbed.DisposeAsync();
            RemoveServiceFiles(options);
            throw;
        }
    }

    /// <summary>Gives the link the dirty bytes that the workload writes per second, divided by the pressure.</summary>
    public async Task PressAsync(double pressure, CancellationToken cancellationToken)
    {
        await _testbed.ShapeAsync(0, cancellationToken);
        double rate = await DirtyRateAsync(cancellationToken);
        int mbit = Math.Max(1, (int)Math.Round(rate * 8 / 1e6 / pressure));
        _console.WriteLine($"the link gets {mbit} Mbit/s");
        await ShapeAsync(mbit, cancellationToken);
    }

    /// <summary>Measures how many bytes the workload dirties per second.</summary>
    public async Task<double> DirtyRateAsync(CancellationToken cancellationToken)
    {
        await SteadyAsync(cancellationToken);
        DirtyRateEvent rate = await new AgentMover(_testbed, _options, null).DirtyRateAsync(_route.From, _route.ProcessId, cancellationToken);
        _console.WriteLine($"it dirties {Figures.Bytes(rate.BytesPerSecond)} per second");
        return _reports.DirtyBytesPerSecond = rate.BytesPerSecond;
    }

    /// <summary>Limits the link; 0 for no limit.</summary>
    public async Task ShapeAsync(int mbit, CancellationToken cancellationToken)
    {
        await _testbed.ShapeAsync(mbit, cancellationToken);
        _reports.BandwidthMbit = mbit;
    }

    /// <summary>Moves the workload to the host where it is not.</summary>
    /// <param name="strategy">A strategy of the library, null for its default, or one of <see cref="CriuStrategies"/>.</param>
    /// <param name="cancellationToken">Cancels the migration.</param>
    /// <returns>What was measured, and whether the scene can go on: the workload runs and the client is connected.</returns>
    public async Task<(RunReport Report, bool GoesOn)> MigrateAsync(string? strategy, CancellationToken cancellationToken)
    {
        _console.WriteLine($"migrating from {_route.From.Name} to {_route.To.Name}");
        IMover mover = CriuStrategies.Has(strategy) ? new CriuMover(_testbed, strategy!) : new AgentMover(_testbed, _options, strategy);
        Move move;
        await using (IProgressView view = ProgressView.For(_console))
        {
            move = await mover.MoveAsync(_route, view, cancellationToken);
        }

        await Task.Delay(Afterwards, cancellationToken);
        ClientAnswer measured = await _client.AskAsync(ReportBuilder.Question(move), cancellationToken);
        ClientAnswer verified = await _client.AskAsync(new ClientRequest { Do = "verify" }, cancellationToken);
        RunReport report = _reports.Build(_route, strategy, move, measured, verified);
        bool goesOn = move.Result is not null && report.ConnectionSurvived;
        if (goesOn)
        {
            _route = new Route(_route.To, _route.From, move.ProcessId, _route.Cgroup);
        }

        return (report, goesOn);
    }

    /// <summary>Waits until the workload keeps its pace and has its memory, so that the next migration finds what the last one found.</summary>
    public async Task SteadyAsync(CancellationToken cancellationToken)
    {
        await _client.SteadyAsync(_options.WriteRate, cancellationToken);
        if (!_options.Workload.IsService)
        {
            await GrownWorkload.AwaitAsync(_testbed, _route.From, _route.ProcessId, _options.MemoryMib, cancellationToken);
        }
    }

    /// <summary>To be called last: what a service holds is compared as a whole with what its client was told. The others were compared after each migration.</summary>
    /// <returns>Whether everything is as it should be.</returns>
    public async Task<bool> FinishAsync(CancellationToken cancellationToken)
    {
        if (_options.Workload.Service is null)
        {
            return true;
        }

        ClientAnswer last = await _client.AskAsync(new ClientRequest { Do = "finish" }, cancellationToken);
        bool isSound = last is { ConnectionSurvived: true, WrongReplies: 0, LostWrites: 0 };
        _console.WriteLine($"{Figures.Count(last.Acknowledged)} answers checked, {Figures.Count(last.WrongReplies)} wrong; {(isSound ? "rows and sums are right" : last.Broken ?? "see above")}");
        return isSound;
    }

    public async ValueTask DisposeAsync()
    {
        await _client.DisposeAsync();
        await _testbed.DisposeAsync();
        RemoveServiceFiles(_options);
    }

    private static void RemoveServiceFiles(SceneOptions options)
    {
        if (!options.Keep && Directory.Exists(options.ServiceDirectory))
        {
            Directory.Delete(options.ServiceDirectory, recursive: true);
        }
    }

    private static async Task<int> PrepareAsync(Testbed testbed, SceneOptions options, int processId, CancellationToken cancellationToken)
    {
        string bytes = ((long)options.MemoryMib << 20).ToString(CultureInfo.InvariantCulture);
        string pid = processId.ToString(CultureInfo.InvariantCulture);
        string output = await testbed.RunAsync(Host.A, [Environment.ProcessPath!, "prepare", "--workload", options.Workload.Name, "--pid", pid, "--bytes", bytes], cancellationToken);
        return int.Parse(output.Trim(), CultureInfo.InvariantCulture);
    }

    private static async Task<string> KernelAsync(Testbed testbed, CancellationToken cancellationToken) =>
        (await testbed.RunAsync(Host.A, ["uname", "-r"], cancellationToken)).Trim();

    private static async Task<string> CriuVersionAsync(Testbed testbed, CancellationToken cancellationToken)
    {
        string output = await testbed.RunAsync(Host.A, ["criu", "--version"], cancellationToken);
        return output.Split('\n')[0].Replace("Version: ", "", StringComparison.Ordinal).Trim();
    }
}
