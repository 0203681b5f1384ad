using System.Text.Json;
using U2CMigration.Testing;

namespace U2CMigration.EndToEndTests.Migration;

/// <summary>The sample agent in both hosts of a rig: one receives in b, the other sends from a.</summary>
internal sealed class Agents : IAsyncDisposable
{
    /// <summary>Where the receiver listens.</summary>
    public const string Port = "9410";

    /// <summary>The address that moves along, as the agent wants it.</summary>
    public const string Address = $"{Rig.ServiceAddress}/24@eth0";

    private readonly Rig _rig;

    private Agents(Rig rig, RigProcess receiver) => (_rig, Receiver) = (rig, receiver);

    public RigProcess Receiver { get; }

    public static async Task<Agents> StartAsync(Rig rig, CancellationToken cancellationToken, params string[] options)
    {
        RigProcess receiver = rig.Start(Rig.B, [.. ProgramInHosts.Agent, "receive", "--listen", $"0.0.0.0:{Port}", "--address", Address, "--json-lines", .. Trusting(options)]);
        await receiver.ReadLineAsync("\"ready\"", cancellationToken);
        return new Agents(rig, receiver);
    }

    public RigProcess StartSending(int processId, params string[] options) => StartSendingTo($"{Rig.AddressOfB}:{Port}", processId, options);

    /// <summary>Sends to something else than the receiver: a link in front of it, or a peer that is no receiver.</summary>
    public RigProcess StartSendingTo(string endpoint, int processId, params string[] options) => StartSending(_rig, endpoint, processId, options);

    /// <summary>While a link holds a message everything after it is held as well: silence, for as long as a test needs.</summary>
    private static string[] Patient(string[] options) => options.Contains(Silence) ? options : [.. options, Silence, "30"];

    /// <summary>The option for how long a destination may say nothing in the freeze.</summary>
    public const string Silence = "--silence-timeout-s";

    public static RigProcess StartSending(Rig rig, string endpoint, int processId, params string[] options) =>
        rig.Start(Rig.A, [.. SendCommand(endpoint, processId).Where(word => word != Anybody), .. Trusting(Patient(options))]);

    public static IReadOnlyList<string> SendCommand(string endpoint, int processId) =>
        [.. ProgramInHosts.Agent, "send", "--pid", $"{processId}", "--to", endpoint, "--address", Address, "--json-lines", Anybody, "--allow", StandardStreams];

    /// <summary>The hosts of a rig are alone on their bridge; a test of trust says what to trust instead.</summary>
    private static IEnumerable<string> Trusting(string[] options) =>
        options.Any(static option => option is "--cert" or "--secret-file" or Locked) ? options.Where(static option => option != Locked) : [.. options, Anybody];

    private const string Anybody = "--allow-unauthenticated";

    /// <summary>Among the options of an agent: nothing is added to them by which it would trust anybody.</summary>
    public const string Locked = "locked";

    /// <summary>The standard streams of workloads are pipes to the tests, which stay.</summary>
    private const string StandardStreams = "outside-pipes";

    /// <summary>Checks whether a process of host a could be moved, by default without giving anything up, and returns what the agent found.</summary>
    public static async Task<JsonElement> CheckAsync(Rig rig, int processId, CancellationToken cancellationToken, params string[] options)
    {
        CommandResult result = await rig.ExecAsync(Rig.A, [.. ProgramInHosts.Agent, "check", "--pid", $"{processId}", "--address", Address, "--json", .. Trusting(options)], cancellationToken);
        string line = result.Output.Split('\n').FirstOrDefault(static line => line.Contains("\"event\":\"check\"", StringComparison.Ordinal)) ?? throw new InvalidOperationException($"{result.Output} {result.Error}");
        JsonElement check = JsonDocument.Parse(line).RootElement;
        result.ExitCode.Should().Be(check.GetProperty("isRefused").GetBoolean() ? 2 : 0, $"it said {result.Output}");
        return check;
    }

    /// <summary>Moves the process and returns the result that the source reports.</summary>
    public async Task<JsonElement> MoveAsync(int processId, CancellationToken cancellationToken, params string[] options)
    {
        await using RigProcess sender = StartSending(processId, [.. options, "--verify"]);
        string result = await sender.ReadLineAsync("\"event\":\"result\"", cancellationToken);
        (await sender.WaitAsync(cancellationToken)).Successful();
        JsonElement moved = JsonDocument.Parse(result).RootElement;
        moved.GetProperty("pagesMismatched").GetInt64().Should().Be(0);
        return moved;
    }

    public async ValueTask DisposeAsync() => await Receiver.DisposeAsync();
}
