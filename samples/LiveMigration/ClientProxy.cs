using System.Diagnostics;
using System.Globalization;
using LiveMigration.Client;
using LiveMigration.Rig;

namespace LiveMigration;

/// <summary>The demo's end of the client that runs in the third host.</summary>
public sealed class ClientProxy : IAsyncDisposable
{
    private const int SteadyAttempts = 5;
    private const double SteadyShare = 0.95;

    // Throughput is compared over two seconds; the rest is for timers that are late.
    private static readonly TimeSpan SteadySpan = TimeSpan.FromSeconds(2.2);
    private readonly HostProcess _process;

    private ClientProxy(HostProcess process) => _process = process;

    /// <summary>Starts the client; it is connected when this returns.</summary>
    public static async Task<ClientProxy> ConnectAsync(Testbed testbed, SceneOptions options, int keys, CancellationToken cancellationToken)
    {
        string server = string.Create(CultureInfo.InvariantCulture, $"{Testbed.ServiceAddress}:{options.Workload.Port}");
        string[] command =
            [
                Environment.ProcessPath!, "client", "--workload", options.Workload.Name, "--server", server,
                "--keys", keys.ToString(CultureInfo.InvariantCulture), "--rate", options.WriteRate.ToString(CultureInfo.InvariantCulture),
            ];
        HostProcess process = testbed.Start(Host.Client, options.Workload.Service?.Within(options, command) ?? command);
        var client = new ClientProxy(process);
        try
        {
            await client.AnswerAsync("connected", cancellationToken);
            return client;
        }
        catch
        {
            await client.DisposeAsync();
            throw;
        }
    }

    public async Task<ClientAnswer> AskAsync(ClientRequest request, CancellationToken cancellationToken)
    {
        _process.Send(ClientJson.Write(request));
        return await AnswerAsync(request.Do, cancellationToken);
    }

    /// <summary>Waits until the client has kept its pace for two seconds; not for ever, as the machine may be too busy for that.</summary>
    public async Task SteadyAsync(double rate, CancellationToken cancellationToken)
    {
        for (int attempt = 0; attempt < SteadyAttempts; attempt++)
        {
            await Task.Delay(SteadySpan, cancellationToken);
            long now = Stopwatch.GetTimestamp();
            ClientAnswer answer = await AskAsync(new ClientRequest { Do = "measure", Attach = now, Freeze = now, Resume = now }, cancellationToken);
            if (answer.OperationsBefore >= rate * SteadyShare)
            {
                return;
            }
        }
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private async Task<ClientAnswer> AnswerAsync(string to, CancellationToken cancellationToken)
    {
        while (await _process.NextLineAsync(cancellationToken) is { } line)
        {
            ClientAnswer answer = ClientJson.ReadAnswer(line);
            if (answer.To == to)
            {
                return answer;
            }
        }

        throw new IOException($"The client ended: {_process.Errors}");
    }
}
