using U2CMigration.EndToEndTests.Migration;
using U2CMigration.Testing;
using U2CMigration.Transport.Frames;

namespace U2CMigration.EndToEndTests.Failures;

/// <summary>A link in front of the receiver that holds the first message of one kind until the test decides what becomes of it.</summary>
internal sealed class Link : IAsyncDisposable
{
    private const string Port = "9411";

    private readonly RigProcess _process;
    private readonly MessageType _held;

    private Link(RigProcess process, MessageType held) => (_process, _held) = (process, held);

    /// <summary>Where a sender finds it.</summary>
    public string Endpoint => $"{Rig.AddressOfB}:{Port}";

    public static async Task<Link> StartAsync(Rig rig, MessageType held, CancellationToken cancellationToken)
    {
        RigProcess process = rig.Start(Rig.B, ["dotnet", "exec", ProgramInHosts.Path("U2CMigration.Disturbance"), "link", Port, $"127.0.0.1:{Agents.Port}", $"{held}"]);
        await process.ReadLineAsync("ready", cancellationToken);
        return new Link(process, held);
    }

    /// <summary>Waits until the message is held.</summary>
    /// <exception cref="InvalidOperationException">The sender ended before that; the message holds all it said.</exception>
    public async Task ReachedAsync(RigProcess sender, CancellationToken cancellationToken)
    {
        Task<CommandResult> ended = sender.WaitAsync(cancellationToken);
        if (await Task.WhenAny(_process.ReadLineAsync($"holding {_held}", cancellationToken), ended) == ended)
        {
            CommandResult result = await ended;
            throw new InvalidOperationException($"The sender ended with {result.ExitCode} before {_held}.\n{result.Output}\n{result.Error}");
        }
    }

    /// <summary>Lets what is held go on.</summary>
    public Task PassAsync(CancellationToken cancellationToken) => TellAsync("pass", cancellationToken);

    /// <summary>Closes the connections; new ones are taken.</summary>
    public Task CutAsync(CancellationToken cancellationToken) => TellAsync("cut", cancellationToken);

    /// <summary>Closes the connections and refuses new ones.</summary>
    public Task DownAsync(CancellationToken cancellationToken) => TellAsync("down", cancellationToken);

    /// <summary>Takes connections again.</summary>
    public Task UpAsync(CancellationToken cancellationToken) => TellAsync("up", cancellationToken);

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private async Task TellAsync(string command, CancellationToken cancellationToken)
    {
        await _process.Input.WriteLineAsync(command.AsMemory(), cancellationToken);
        await _process.Input.FlushAsync(cancellationToken);
        await _process.ReadLineAsync("done", cancellationToken);
    }
}
