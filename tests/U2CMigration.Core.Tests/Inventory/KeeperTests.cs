using System.Diagnostics;
using U2CMigration.Core.Inventory;
using U2CMigration.Core.Sessions;
using U2CMigration.Criu.Configuration;
using U2CMigration.PageTracking.Processes;

namespace U2CMigration.Core.Tests.Inventory;

public sealed class KeeperTests
{
    /// <summary>The process that looks after a tree for its owner has another one at the destination, which takes the other ends of its pipes.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Take_PipesToThisProcess_AreFoundUnlessItIsAKeeper(bool isKeeper)
    {
        // Descriptors that this process was started with are not of the test.
        const string Alone = "for descriptor in /proc/self/fd/*; do n=${descriptor##*/}; [ $n -le 2 ] || eval \"exec $n>&-\"; done; exec sleep 1000";
        using Process process = Process.Start(new ProcessStartInfo("bash", ["-c", Alone]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
        try
        {
            SpinWait.SpinUntil(() => ProcessTree.TryReadStatus(process.Id)?.Name == "sleep", TimeSpan.FromSeconds(10)).Should().BeTrue();
            IReadOnlyList<int> keepers = isKeeper ? [Environment.ProcessId] : [];
            var options = new InventoryOptions(new CriuSettings(), null, GiveUp.None, CriuConfiguration.Parse([]), keepers);

            IReadOnlyList<InventoryFinding> findings = WorkloadInventory.Take([process.Id], options, TestContext.Current.CancellationToken);

            findings.Count(static finding => finding.Kind == FindingKind.OutsidePipe).Should().Be(isKeeper ? 0 : 3);
        }
        finally
        {
            process.Kill();
        }
    }
}
