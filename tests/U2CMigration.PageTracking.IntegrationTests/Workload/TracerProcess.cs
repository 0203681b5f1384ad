using System.Diagnostics;

namespace U2CMigration.PageTracking.IntegrationTests.Workload;

/// <summary>Another process that traces a target, as a debugger does.</summary>
internal sealed class TracerProcess : IDisposable
{
    private readonly Process _process;

    internal TracerProcess(int target)
    {
        ProcessStartInfo start = new(Path.Combine(AppContext.BaseDirectory, "memory_writer"), $"trace {target}")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        _process = Process.Start(start)!;
        _process.StandardOutput.ReadLine().Should().Be("ready");
    }

    internal int ProcessId => _process.Id;

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }
}
