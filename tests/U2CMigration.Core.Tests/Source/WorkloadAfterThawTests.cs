using System.Diagnostics;
using U2CMigration.Core.Errors;
using U2CMigration.Core.Source;

namespace U2CMigration.Core.Tests.Source;

public sealed class WorkloadAfterThawTests
{
    [Fact]
    public async Task StateAsync_RunningProcess_IsRunning()
    {
        using Process process = Process.Start("sleep", "100");
        (await WorkloadAfterThaw.StateAsync(process.Id)).Should().Be(WorkloadState.Running);
        process.Kill();
    }

    /// <summary>As a broken lease does it: the signal came while the process was stopped, and ends it as soon as it may run.</summary>
    [Fact]
    public async Task StateAsync_SignalThatEndsItIsPending_IsGone()
    {
        using Process process = Process.Start("sleep", "100");
        await RunAsync($"kill -STOP {process.Id}; kill -IO {process.Id}; (sleep 0.2; kill -CONT {process.Id}) &");

        (await WorkloadAfterThaw.StateAsync(process.Id)).Should().Be(WorkloadState.Gone);
    }

    [Fact]
    public async Task StateAsync_NoSuchProcess_IsGone() => (await WorkloadAfterThaw.StateAsync(int.MaxValue)).Should().Be(WorkloadState.Gone);

    private static async Task RunAsync(string script)
    {
        using Process shell = Process.Start("sh", ["-c", script]);
        await shell.WaitForExitAsync(TestContext.Current.CancellationToken);
    }
}
