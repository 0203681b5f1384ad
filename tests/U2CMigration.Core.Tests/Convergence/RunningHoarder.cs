using System.Diagnostics;
using System.Globalization;
using U2CMigration.PageTracking.Processes;
using U2CMigration.Testing;

namespace U2CMigration.Core.Tests.Convergence;

/// <summary>native/hoarder on this machine: a tree that holds many of something.</summary>
internal sealed class RunningHoarder : IDisposable
{
    private readonly Process _process;

    private RunningHoarder(Process process) => _process = process;

    public IReadOnlyList<int> Tree => ProcessTree.List(_process.Id);

    public static async Task<RunningHoarder> StartAsync(int port, CancellationToken cancellationToken, params string[] options)
    {
        string listen = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}");
        var process = Process.Start(new ProcessStartInfo(NativeProgram.Build("hoarder"), ["--listen", listen, .. options]) { RedirectStandardOutput = true })!;
        var hoarder = new RunningHoarder(process);
        (await process.StandardOutput.ReadLineAsync(cancellationToken)).Should().Be("ready");
        return hoarder;
    }

    public void Dispose()
    {
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
    }
}
