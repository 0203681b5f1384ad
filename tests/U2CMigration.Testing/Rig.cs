using System.Globalization;

namespace U2CMigration.Testing;

/// <summary>
/// Three hosts on one bridge (see <c>eng/testbed.sh --help</c>): <see cref="A"/>, <see cref="B"/> and <see cref="Client"/>. Disposing
/// it takes everything in it down; if the test process is killed, the next rig that comes up does.
/// </summary>
/// <example>
/// <code>
/// await using Rig rig = await Rig.UpAsync("redis", bandwidthMbit: 1000);
/// string version = (await rig.ExecAsync(Rig.A, ["criu", "--version"])).Successful();
/// </code>
/// </example>
public sealed class Rig : IAsyncDisposable
{
    /// <summary>The host a migration starts from.</summary>
    public const string A = "a";

    /// <summary>The host a migration goes to.</summary>
    public const string B = "b";

    /// <summary>The host of the clients; its link has no limit.</summary>
    public const string Client = "client";

    /// <summary>The address of <see cref="A"/>.</summary>
    public const string AddressOfA = "10.77.0.1";

    /// <summary>The address of <see cref="B"/>.</summary>
    public const string AddressOfB = "10.77.0.2";

    /// <summary>The address that moves with the workload; <see cref="A"/> has it at first.</summary>
    public const string ServiceAddress = "10.77.0.100";

    /// <summary>A process that has ended and waits for its parent holds nothing any more.</summary>
    private const string EndAll = """
        for attempt in $(seq 200); do
            left=
            for p in $(pgrep -x "$0"); do
                kill -KILL $p 2>/dev/null
                grep -qs '^State:[[:space:]]*[^ZX]' /proc/$p/status && left="$left $p"
            done
            [ -n "$left" ] || exit 0
            sleep 0.05
        done
        echo "$0 does not end:$left" >&2
        exit 1
        """;

    private static readonly string Script = RepositoryRoot.File("eng", "testbed.sh");

    private bool _isDown;

    private Rig(string name) => Name = name;

    /// <summary>The name by which <c>eng/testbed.sh</c> knows the rig.</summary>
    public string Name { get; }

    /// <summary>Brings a rig up (under a second; about a minute more the first time, when the root file system is built).</summary>
    /// <param name="name">Letters, digits and dashes, at most 24; the process id is appended, so that runs side by side do not meet.</param>
    /// <param name="bandwidthMbit">The limit of the links of a and b, each way, in Mbit/s; 0 for none.</param>
    /// <param name="cancellationToken">Gives up; what stands already is taken down.</param>
    public static Task<Rig> UpAsync(string name, int bandwidthMbit = 0, CancellationToken cancellationToken = default) => UpAsync(name, bandwidthMbit, [], cancellationToken);

    /// <summary>The same, with hosts that have PostgreSQL, MariaDB, nginx and the other services (see <see cref="Requires.Services"/>).</summary>
    /// <param name="name">As above.</param>
    /// <param name="cancellationToken">As above.</param>
    public static Task<Rig> UpWithServicesAsync(string name, CancellationToken cancellationToken = default) => UpAsync(name, 0, ["--services"], cancellationToken);

    /// <summary>The same, with hosts that have podman (see <see cref="Requires.Podman"/>).</summary>
    /// <param name="name">As above.</param>
    /// <param name="cancellationToken">As above.</param>
    public static Task<Rig> UpWithPodmanAsync(string name, CancellationToken cancellationToken = default) => UpAsync(name, 0, ["--podman"], cancellationToken);

    private static async Task<Rig> UpAsync(string name, int bandwidthMbit, string[] more, CancellationToken cancellationToken)
    {
        Requires.Testbed();
        string owner = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        Rig rig = new($"{name}-{owner}");
        string[] command = ["up", rig.Name, "--owner", owner, "--service-address", ServiceAddress, "--bandwidth-mbit", Number(bandwidthMbit), .. more];
        try
        {
            await TestbedAsync(command, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            await rig.DownAsync();
            throw;
        }

        return rig;
    }

    /// <summary>The command line, program first, that runs a command in a host: for anyone who starts processes by itself.</summary>
    public IReadOnlyList<string> CommandLine(string host, params IReadOnlyList<string> command) => ["bash", Script, "exec", Name, host, "--", .. command];

    /// <summary>Starts a command in a host.</summary>
    public RigProcess Start(string host, params IReadOnlyList<string> command) => new(CommandLine(host, command));

    /// <summary>Runs a command in a host to its end. Cancelling kills it.</summary>
    public async Task<CommandResult> ExecAsync(string host, IReadOnlyList<string> command, CancellationToken cancellationToken = default)
    {
        await using RigProcess process = Start(host, command);
        process.Input.Close();
        return await process.WaitAsync(cancellationToken);
    }

    /// <summary>Kills all programs of a name in a and b, and waits until they are gone with all they hold: an end takes its time, and the next test wants the same port.</summary>
    /// <param name="name">As <c>pgrep -x</c> takes it: a regular expression for the whole name.</param>
    /// <exception cref="InvalidOperationException">One is still there after 10 s.</exception>
    public async Task EndAllAsync(string name)
    {
        foreach (string host in (string[])[A, B])
        {
            (await ExecAsync(host, ["sh", "-c", EndAll, name])).Successful();
        }
    }

    /// <summary>Changes the limit of the links of a and b, each way, in Mbit/s; 0 takes it away.</summary>
    public Task ShapeAsync(int bandwidthMbit, CancellationToken cancellationToken = default) =>
        TestbedAsync(["shape", Name, Number(bandwidthMbit)], cancellationToken);

    /// <summary>Takes the rig down. Does nothing the second time.</summary>
    public async Task DownAsync()
    {
        if (!_isDown && Directory.Exists($"/run/u2c-testbed/{Name}"))
        {
            await TestbedAsync(["down", Name], CancellationToken.None);
        }

        _isDown = true;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await DownAsync();

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static async Task TestbedAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        await using RigProcess process = new(["bash", Script, .. arguments]);
        process.Input.Close();
        (await process.WaitAsync(cancellationToken)).Successful();
    }
}
