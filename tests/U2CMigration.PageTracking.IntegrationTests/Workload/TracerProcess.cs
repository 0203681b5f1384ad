using System.Diagnostics;
using U2CMigration.Testing;

namespace U2CMigration.PageTracking.IntegrationTests.Workload;

/// <summary>Another process that traces a target, as a debugger does.</summary>
internal sealed class TracerProcess : IDisposable
{
    private readonly Process _process;

    internal TracerProcess(int target)
    {
        ProcessStartInfo start = new(NativeProgram.Build("memory_writer"), $"trace {target}")
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
