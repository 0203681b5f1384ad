using System.Diagnostics;
using U2CMigration.Core.Inventory;
using U2CMigration.PageTracking.Processes;

namespace U2CMigration.Core.Tests.Inventory;

public sealed class DescentTests
{
    [Fact]
    public void Includes_ChildrenThatWereNotListed_BelongToTheTree()
    {
        using Process shell = Process.Start(new ProcessStartInfo("sh", ["-c", "sh -c 'sleep 60; :' & wait"]))!;
        try
        {
            SpinWait.SpinUntil(() => ProcessTree.List(shell.Id).Count == 3, TimeSpan.FromSeconds(10)).Should().BeTrue();
            IReadOnlyList<int> tree = ProcessTree.List(shell.Id);
            var descent = new Descent([shell.Id]);

            tree.Should().OnlyContain(processId => descent.Includes(processId));
            new[] { 0, 1, Environment.ProcessId, int.MaxValue }.Should().OnlyContain(processId => !descent.Includes(processId));
            new Descent([1]).Includes(1).Should().BeTrue("the first process of a container is a tree like others");
        }
        finally
        {
            shell.Kill(entireProcessTree: true);
        }
    }
}
