using System.Diagnostics;
using System.Globalization;
using U2CMigration.Core.CarriedState.Inner;
using U2CMigration.Core.Interop;
using U2CMigration.PageTracking.Processes;
using U2CMigration.Testing;

namespace U2CMigration.Core.Tests.CarriedState.Inner;

public sealed class LandlockProbeTests
{
    private const string Waiting = "cat";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Dispose_TreeToBeAsked_LeavesNothingRunning(bool inAnotherPidNamespace)
    {
        Requires.Root();
        Requires.Command("setpriv");
        Assert.SkipUnless(LandlockCalls.IsOn, "the kernel has no Landlock, or it is not switched on");
        using Process workload = inAnotherPidNamespace ? Process.Start("unshare", ["--pid", "--fork", "--kill-child", "sleep", "60"]) : Process.Start("sleep", ["60"]);
        try
        {
            int asked = Found(() => ProcessTree.List(workload.Id).Where(id => ProcessTree.TryReadStatus(id)?.Name == "sleep"));
            int started;
            using (var probe = new LandlockProbe())
            {
                probe.Prepare([asked]);

                probe.Problems.Should().BeEmpty();
                probe.CallFor(asked).Should().NotBeNull();
                started = Found(() => ProcessTree.List(Environment.ProcessId).Where(IsProbe));

                // What reads the output of this process to its end does not wait for that one.
                OutputOf(started).Should().NotBe(OutputOf(Environment.ProcessId));
            }

            IsProbe(started).Should().BeFalse();
        }
        finally
        {
            workload.Kill();
            workload.WaitForExit();
        }
    }

    private static bool IsProbe(int processId) => ProcessTree.TryReadStatus(processId)?.Name == Waiting;

    private static string? OutputOf(int processId) => new FileInfo(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/fd/1")).LinkTarget;

    private static int Found(Func<IEnumerable<int>> find)
    {
        int found = 0;
        SpinWait.SpinUntil(() => (found = find().FirstOrDefault()) > 0, TimeSpan.FromSeconds(10)).Should().BeTrue();
        return found;
    }
}
