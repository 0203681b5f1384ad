using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using U2CMigration.PageTracking.Processes;
using U2CMigration.Testing;

namespace U2CMigration.PageTracking.IntegrationTests.Workload;

/// <summary>A running native/sharer: two processes that share memory in all ways.</summary>
internal sealed class Sharer : IAsyncDisposable
{
    private const int Stop = 19;
    private const int Continue = 18;

    private readonly Process _process;

    private Sharer(Process process) => _process = process;

    internal int ProcessId => _process.Id;

    internal IReadOnlyList<int> Tree => ProcessTree.List(ProcessId);

    internal static async Task<Sharer> StartAsync(CancellationToken cancellationToken, params string[] options)
    {
        using TcpListener port = new(IPAddress.Loopback, 0);
        port.Start();
        string endpoint = port.LocalEndpoint.ToString()!;
        port.Stop();
        ProcessStartInfo start = new(NativeProgram.Build("sharer"), ["--listen", endpoint, .. options]) { RedirectStandardOutput = true };
        Sharer sharer = new(Process.Start(start)!);
        (await sharer._process.StandardOutput.ReadLineAsync(cancellationToken)).Should().Be("ready");
        return sharer;
    }

    /// <summary>Stops every process of it: the two that stay, and then nobody is left who makes others.</summary>
    internal void Freeze()
    {
        int writer = Tree.First(processId => processId != ProcessId);
        Signals.Send(ProcessId, Stop);
        Signals.Send(writer, Stop);
        SpinWait.SpinUntil(() => Tree.All(IsStopped), TimeSpan.FromSeconds(20)).Should().BeTrue("all should stop, or end");
    }

    internal void Thaw()
    {
        foreach (int processId in Tree)
        {
            Signals.Send(processId, Continue);
        }
    }

    private static bool IsStopped(int processId) => !ProcessTree.TryReadStat(processId, out ProcessStat stat) || stat.State is 'T' or 'Z';

    public async ValueTask DisposeAsync()
    {
        // Its child ends with it.
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
