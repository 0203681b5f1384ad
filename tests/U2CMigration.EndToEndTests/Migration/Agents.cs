using System.Text.Json;
using U2CMigration.Testing;

namespace U2CMigration.EndToEndTests.Migration;

/// <summary>The sample agent in both hosts of a rig: one receives in b, the other sends from a.</summary>
internal sealed class Agents : IAsyncDisposable
{
    private const string Port = "9410";
    private const string Address = $"{Rig.ServiceAddress}/24@eth0";

    private static readonly string Program = Path.GetFullPath(
        Path.Combine(AppContext.BaseDirectory, "..", "..", "MigrationAgent", Path.GetFileName(AppContext.BaseDirectory.TrimEnd('/')), "MigrationAgent.dll"));

    private readonly Rig _rig;

    private Agents(Rig rig, RigProcess receiver) => (_rig, Receiver) = (rig, receiver);

    public RigProcess Receiver { get; }

    public static async Task<Agents> StartAsync(Rig rig, CancellationToken cancellationToken, params string[] options)
    {
        RigProcess receiver = rig.Start(Rig.B, ["dotnet", "exec", Program, "receive", "--listen", $"0.0.0.0:{Port}", "--address", Address, "--json-lines", .. options]);
        await receiver.ReadLineAsync("\"ready\"", cancellationToken);
        return new Agents(rig, receiver);
    }

    public RigProcess StartSending(int processId, params string[] options) =>
        _rig.Start(Rig.A, ["dotnet", "exec", Program, "send", "--pid", $"{processId}", "--to", $"{Rig.AddressOfB}:{Port}", "--address", Address, "--json-lines", .. options]);

    /// <summary>Moves the process and returns the result that the source reports.</summary>
    public async Task<JsonElement> MoveAsync(int processId, CancellationToken cancellationToken, params string[] options)
    {
        await using RigProcess sender = StartSending(processId, [.. options, "--verify"]);
        string result = await sender.ReadLineAsync("\"event\":\"result\"", cancellationToken);
        (await sender.WaitAsync(cancellationToken)).Successful();
        return JsonDocument.Parse(result).RootElement;
    }

    public async ValueTask DisposeAsync() => await Receiver.DisposeAsync();
}
