using System.Diagnostics;
using U2CMigration.Core.Inventory;
using U2CMigration.Core.Sessions;
using U2CMigration.Criu.Configuration;
using U2CMigration.PageTracking.Processes;
using U2CMigration.Testing;

namespace U2CMigration.Core.Tests.Inventory;

/// <summary>The look is taken while the workload waits for its freeze, so it must not grow faster than the workload.</summary>
public sealed class InventoryTimeTests(ITestOutputHelper output)
{
    private const int Small = 10;
    private const int Large = 100;
    private const int Rounds = 5;

    [Fact]
    public async Task Take_TenTimesTheProcesses_TakesAboutTenTimesAsLongAtMost()
    {
        Requires.Root();

        TimeSpan small = await BestAsync(Small);
        TimeSpan large = await BestAsync(Large);

        output.WriteLine($"{Small} processes: {small.TotalMilliseconds:0.0} ms; {Large} processes with 2,000 descriptors and 1,000 ends of connections: {large.TotalMilliseconds:0.0} ms of processor time");
        large.Should().BeLessThan(small * (2.5 * Large / Small));
    }

    private static async Task<TimeSpan> BestAsync(int processes)
    {
        using Process bystander = Process.Start(new ProcessStartInfo(NativeProgram.Build("oddities"), [$"crowd{processes}"]) { RedirectStandardOutput = true })!;
        IReadOnlyList<int> tree = [];
        try
        {
            int root = 0;
            while (await bystander.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line && line != "ready")
            {
                root = line.StartsWith("pid ", StringComparison.Ordinal) ? int.Parse(line[4..], System.Globalization.CultureInfo.InvariantCulture) : root;
            }

            tree = ProcessTree.List(root);
            tree.Should().HaveCount(processes);
            var options = new InventoryOptions(new CriuSettings(), null, GiveUp.None, CriuConfiguration.Parse([]));
            TimeSpan best = TimeSpan.MaxValue;
            for (int round = 0; round < Rounds; round++)
            {
                TimeSpan start = Environment.CpuUsage.TotalTime;
                WorkloadInventory.Take(tree, options, TestContext.Current.CancellationToken).Should().BeEmpty();

                // Others take processor time as well while tests run.
                TimeSpan took = Environment.CpuUsage.TotalTime - start;
                best = took < best ? took : best;
            }

            return best;
        }
        finally
        {
            foreach (int process in tree)
            {
                Process.GetProcessById(process).Kill();
            }

            bystander.Kill();
            await bystander.WaitForExitAsync(CancellationToken.None);
        }
    }
}
