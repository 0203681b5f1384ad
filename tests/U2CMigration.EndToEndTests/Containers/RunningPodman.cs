using System.Globalization;
using U2CMigration.EndToEndTests.Migration;
using U2CMigration.EndToEndTests.Testbed;
using U2CMigration.Testing;

namespace U2CMigration.EndToEndTests.Containers;

/// <summary>A Redis in a container of podman in host a, in the network of the host, with a client that holds one connection to it from beginning to end. Both hosts have the image.</summary>
internal sealed class RunningPodman : IMovingContainer
{
    /// <summary>The files that Redis needs, as an image; the second host gets it from the first, as built there it would be another one.</summary>
    private const string MakeImage = """
        set -e
        podman image exists u2c-redis && exit
        cd "$(mktemp -d)"
        mkdir -p usr/bin etc proc sys dev tmp data
        for program in /usr/bin/redis-server /bin/cat /bin/sleep /bin/sh; do
            [ -e ".$program" ] || { mkdir -p ".${program%/*}"; cp -pL "$program" ".$program"; }
            ldd "$program" | grep -o '/[^ ]*' | while read -r library; do mkdir -p ".${library%/*}"; [ -e ".$library" ] || cp -pL "$library" ".$library"; done
        done
        tar -c . | podman import --change 'CMD ["/bin/sh", "-c", "while :; do echo alive; sleep 1; done"]' - u2c-redis >/dev/null
        rm -rf "$PWD"
        """;

    private static int _lastPort = 6600;

    private readonly Rig _rig;
    private readonly RigProcess? _client;

    private RunningPodman(Rig rig, string id, RigProcess? client) => (_rig, Id, _client) = (rig, id, client);

    public string Runtime => "podman";

    public string Id { get; }

    public string MakeAnother => $"podman create --name {Id} --network host u2c-redis";

    /// <summary>Starts one.</summary>
    /// <param name="rig">Where; its hosts have podman.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="options">Further options of <c>podman run</c>.</param>
    public static async Task<RunningPodman> StartAsync(Rig rig, CancellationToken cancellationToken, params string[] options)
    {
        int port = Interlocked.Increment(ref _lastPort);
        string number = port.ToString(CultureInfo.InvariantCulture);
        RunningPodman container = await RunAsync(
            rig, $"redis-{number}", options, cancellationToken,
            "/usr/bin/redis-server", "--save", "", "--appendonly", "no", "--protected-mode", "no", "--port", number, "--bind", "0.0.0.0", "--logfile", "", "--dir", "/dev/shm");
        (await rig.ExecAsync(Rig.A, ["sh", "-c", $"until redis-cli -h {Rig.ServiceAddress} -p {number} ping; do sleep 0.05; done"], cancellationToken)).Successful();
        return new RunningPodman(rig, container.Id, rig.Start(Rig.Client, "nc", Rig.ServiceAddress, number));
    }

    /// <summary>Starts one with another program, and without a client.</summary>
    public static async Task<RunningPodman> RunAsync(Rig rig, string id, string[] options, CancellationToken cancellationToken, params string[] command)
    {
        await RunningWorkload.PrepareHostsAsync(rig, cancellationToken);
        (await rig.ExecAsync(Rig.A, ["sh", "-c", MakeImage], cancellationToken)).Successful();
        string archive = $"{RepositoryRoot.File("artifacts")}/podman-image-{rig.Name}.tar";
        string share = $"podman image exists u2c-redis || {{ podman load --input {archive} && rm {archive}; }}";
        (await rig.ExecAsync(Rig.A, ["sh", "-c", $"rm -f {archive}; podman save --output {archive} u2c-redis"], cancellationToken)).Successful();
        (await rig.ExecAsync(Rig.B, ["sh", "-c", share], cancellationToken)).Successful();
        File.Delete(archive);
        string[] run = ["podman", "run", "--detach", .. options.Contains("--network") ? (string[])[] : ["--network", "host"], "--name", id, .. options, "u2c-redis", .. command];
        (await rig.ExecAsync(Rig.A, run, cancellationToken)).Successful();
        return new RunningPodman(rig, id, null);
    }

    public async Task<long> IncrementAsync(CancellationToken cancellationToken)
    {
        RigProcess client = _client ?? throw new InvalidOperationException("It has no client.");
        await client.Input.WriteAsync("INCR counter\r\n".AsMemory(), cancellationToken);
        await client.Input.FlushAsync(cancellationToken);
        return long.Parse((await client.ReadLineAsync(":", cancellationToken)).Trim().TrimStart(':'), CultureInfo.InvariantCulture);
    }

    public RigProcess StartSendingTo(string endpoint, params string[] options) => _rig.Start(
        Rig.A,
        [.. ProgramInHosts.Agent, "send", "--container", $"podman:{Id}", "--to", endpoint, "--address", Agents.Address, "--json-lines", "--allow-unauthenticated", .. options]);

    /// <summary>Sends it to the usual receiver.</summary>
    public RigProcess StartSending(params string[] options) => StartSendingTo($"{Rig.AddressOfB}:{Agents.Port}", options);

    /// <summary>Calls podman in a host.</summary>
    public Task<CommandResult> AskAsync(string host, CancellationToken cancellationToken, params string[] arguments) => _rig.ExecAsync(host, ["podman", .. arguments], cancellationToken);

    public async Task<string?> StatusAsync(string host, CancellationToken cancellationToken)
    {
        CommandResult state = await AskAsync(host, cancellationToken, "container", "inspect", "--format", "{{.State.Status}}", Id);
        return state.ExitCode == 0 ? state.Output.Trim() : null;
    }

    public Task<CommandResult> ExecAsync(string host, CancellationToken cancellationToken, params string[] command) => AskAsync(host, cancellationToken, ["exec", Id, .. command]);

    public async ValueTask DisposeAsync()
    {
        if (_client is not null)
        {
            await _client.DisposeAsync();
        }

        foreach (string host in (string[])[Rig.A, Rig.B])
        {
            // The first time podman may only find that conmon is gone.
            await _rig.ExecAsync(host, ["sh", "-c", $"podman unpause {Id}; podman rm --force --time 0 {Id} || podman rm --force --time 0 {Id}"]);
        }
    }
}
