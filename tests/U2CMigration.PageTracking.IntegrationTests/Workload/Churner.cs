using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using U2CMigration.Testing;

namespace U2CMigration.PageTracking.IntegrationTests.Workload;

/// <summary>A running native/churner: a family whose members come and go.</summary>
internal sealed class Churner : IAsyncDisposable
{
    private readonly Process _process;
    private readonly TcpClient _client = new();
    private StreamReader? _answers;

    private Churner(Process process) => _process = process;

    internal int ProcessId => _process.Id;

    internal static async Task<Churner> StartAsync(int seed, CancellationToken cancellationToken, params string[] options)
    {
        IPEndPoint endpoint = FreeEndpoint();
        ProcessStartInfo start = new(NativeProgram.Build("churner"), ["--listen", endpoint.ToString(), "--seed", $"{seed}", .. options]) { RedirectStandardOutput = true };
        Churner churner = new(Process.Start(start)!);
        (await churner._process.StandardOutput.ReadLineAsync(cancellationToken)).Should().Be("ready");
        await churner._client.ConnectAsync(endpoint, cancellationToken);
        churner._answers = new StreamReader(churner._client.GetStream());
        return churner;
    }

    internal async Task<string?> AskAsync(string command, CancellationToken cancellationToken)
    {
        await _client.GetStream().WriteAsync(System.Text.Encoding.ASCII.GetBytes(command + "\n"), cancellationToken);
        return await _answers!.ReadLineAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            // The root ends its family; killed it would leave the others behind.
            await AskAsync("quit", CancellationToken.None);
            await _process.WaitForExitAsync();
        }

        _client.Dispose();
        _process.Dispose();
    }

    private static IPEndPoint FreeEndpoint()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return (IPEndPoint)listener.LocalEndpoint;
    }
}
