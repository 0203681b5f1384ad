using LiveMigration.Moves;
using LiveMigration.Rig;
using LiveMigration.Workloads;
using MigrationEvents.Views;
using MigrationReport;
using Spectre.Console;

namespace LiveMigration.StockCriu;

/// <summary>What CRIU costs by itself on these hosts: the downtime of a process of 1 MB that has no connections, moved by CRIU alone.</summary>
public sealed class CriuFloor(Testbed testbed, string cgroup)
{
    private static readonly string[] Idler = ["sleep", "infinity"];

    /// <summary>Returns the median of some moves, ms.</summary>
    /// <exception cref="IOException">One of them failed.</exception>
    public async Task<double> MeasureAsync(int moves, CancellationToken cancellationToken)
    {
        var downtimes = new List<double>();
        for (int i = 0; i < moves; i++)
        {
            int processId = await new WorkloadStarter(testbed).StartAsync(Host.A, cgroup, Idler, cancellationToken);
            await using IProgressView view = ProgressView.For(AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(TextWriter.Null) }));
            Move move = await new CriuMover(testbed, CriuStrategies.Stock, address: null).MoveAsync(new Route(Host.A, Host.B, processId, cgroup), view, cancellationToken);
            if (move.Result is not { } result)
            {
                throw new IOException($"A process of 1 MB could not be moved by CRIU alone: {move.Error!.Message}");
            }

            downtimes.Add(result.DowntimeMs);
            await testbed.RunAsync(Host.B, ["kill", "-KILL", $"{move.ProcessId}"], cancellationToken);
        }

        return Median.Of(downtimes);
    }
}
