using System.Runtime.InteropServices;
using U2CMigration.PageTracking.Processes;

namespace U2CMigration.PageTracking.IntegrationTests.Workload;

/// <summary>Signals to a process, and what they lead to.</summary>
internal static partial class Signals
{
    internal const int Continue = 18;
    private const int StopSignal = 19;

    internal static void Send(int processId, int signal) => Kill(processId, signal).Should().Be(0);

    /// <summary>Stops every thread and waits until they are.</summary>
    internal static void Stop(int processId)
    {
        Send(processId, StopSignal);
        WaitForState(processId, 'T').Should().BeTrue("the process should stop");
    }

    internal static bool WaitForState(int processId, char state) => SpinWait.SpinUntil(
        () => ProcessTree.Threads(processId).All(thread => StateOf(processId, thread) == state),
        TimeSpan.FromSeconds(20));

    internal static bool WaitForState(int processId, int thread, char state) =>
        SpinWait.SpinUntil(() => StateOf(processId, thread) == state, TimeSpan.FromSeconds(20));

    private static char StateOf(int processId, int thread) =>
        ProcessStat.TryParse(File.ReadAllBytes($"/proc/{processId}/task/{thread}/stat"), out ProcessStat stat) ? stat.State : '?';

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int processId, int signal);
}
