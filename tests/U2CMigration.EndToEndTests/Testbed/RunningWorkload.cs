using System.Globalization;
using System.Text.RegularExpressions;
using U2CMigration.Testing;

namespace U2CMigration.EndToEndTests.Testbed;

/// <summary>A workload of native/ that runs in a rig, with a client that holds one connection to it from beginning to end.</summary>
internal sealed partial class RunningWorkload : IAsyncDisposable
{
    private const string OwnCgroup = "/sys/fs/cgroup/unified/workload";

    // After thousands of short commands the numbers of one host meet those of the other, which are then taken when a workload arrives. Host a does not begin anew each time: what a test has left on
    // host b would have the numbers of the next workload.
    private const int FirstProcessOfA = 1_000;
    private const int LastProcessOfA = 15_000;
    private const int FirstProcessOfB = 20_000;

    private const string LastProcess = "/proc/sys/kernel/ns_last_pid";

    private static readonly TimeSpan QuitLimit = TimeSpan.FromSeconds(5);

    private readonly Rig _rig;
    private readonly RigProcess _process;
    private readonly RigProcess _client;
    private readonly string _pid;
    private readonly string _program;
    private readonly string _images;

    private RunningWorkload(Rig rig, RigProcess process, RigProcess client, string pid, string program, int port)
    {
        (_rig, _process, _client, _pid, _program, Port) = (rig, process, client, pid, program, port);
        _images = RepositoryRoot.File("artifacts", "test-images", $"{rig.Name}-{program}-{port}");
    }

    /// <summary>Starts native/<paramref name="program"/> in host a, where the service address is put first.</summary>
    public static async Task<RunningWorkload> StartAsync(Rig rig, string program, int port, CancellationToken cancellationToken, params string[] options)
    {
        string path = NativeProgram.Build(program);
        await PrepareHostsAsync(rig, cancellationToken);
        RigProcess process = rig.Start(Rig.A, "sh", "-c", $"echo pid $$; exec {path} --listen {Rig.ServiceAddress}:{port} {string.Join(' ', options)}");
        string pid = (await process.ReadLineAsync("pid", cancellationToken)).Split(' ')[1];
        await process.ReadLineAsync("ready", cancellationToken);
        RigProcess client = rig.Start(Rig.Client, "nc", Rig.ServiceAddress, port.ToString(CultureInfo.InvariantCulture));
        return new RunningWorkload(rig, process, client, pid, program, port);
    }

    /// <summary>The same without pipes to the tests as its standard streams: a workload of which nothing leads outside.</summary>
    public static async Task<RunningWorkload> StartAloneAsync(Rig rig, string program, int port, CancellationToken cancellationToken)
    {
        string path = NativeProgram.Build(program);
        await PrepareHostsAsync(rig, cancellationToken);
        string listens = $"until ss -ltn | grep -q ':{port} '; do sleep 0.05; done; echo ready";
        RigProcess process = rig.Start(Rig.A, "sh", "-c", $"(({listens}) &); echo pid $$; exec {path} --listen {Rig.ServiceAddress}:{port} </dev/null >/dev/null 2>&1");
        string pid = (await process.ReadLineAsync("pid", cancellationToken)).Split(' ')[1];
        await process.ReadLineAsync("ready", cancellationToken);
        RigProcess client = rig.Start(Rig.Client, "nc", Rig.ServiceAddress, port.ToString(CultureInfo.InvariantCulture));
        return new RunningWorkload(rig, process, client, pid, program, port);
    }

    /// <summary>Where it takes commands, at the service address.</summary>
    public int Port { get; }

    /// <summary>The root process, as numbered in host a.</summary>
    public int ProcessId => int.Parse(_pid, CultureInfo.InvariantCulture);

    /// <summary>The number of operations in an answer to 'check'.</summary>
    public static long OperationsOf(string answer)
    {
        answer.Should().StartWith("ok ");
        return long.Parse(OperationsField().Match(answer).Groups[1].ValueSpan, CultureInfo.InvariantCulture);
    }

    /// <summary>Gives it a cgroup that holds nothing else, so that it can be frozen by that.</summary>
    public async Task PutIntoOwnCgroupAsync(CancellationToken cancellationToken)
    {
        // The root first, and then again and again: what is forked meanwhile begins where its parent is, and may have ended since it was listed.
        string join = $"for i in 1 2 3; do for p in {_pid} $(pgrep -x {_program}); do (echo $p > {OwnCgroup}/cgroup.procs) 2>/dev/null; done; done";
        string script = $"mkdir -p {OwnCgroup} && {join}; grep -qx {_pid} {OwnCgroup}/cgroup.procs";
        (await _rig.ExecAsync(Rig.A, ["sh", "-c", script], cancellationToken)).Successful();
    }

    public async Task<string> AskAsync(string command, CancellationToken cancellationToken)
    {
        await _client.Input.WriteLineAsync(command.AsMemory(), cancellationToken);
        await _client.Input.FlushAsync(cancellationToken);
        return await _client.ReadLineAsync("", cancellationToken);
    }

    /// <summary>Lets it end, as it would at the end of its work.</summary>
    public async Task EndAsync(CancellationToken cancellationToken)
    {
        await _client.Input.WriteLineAsync("quit".AsMemory(), cancellationToken);
        await _client.Input.FlushAsync(cancellationToken);
        await _process.WaitAsync(cancellationToken);
    }

    /// <summary>Full dump in a, the service address to b, full restore in b.</summary>
    public async Task MoveByPlainCriuAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(_images);
        await CriuAsync(Rig.A, ["dump", "-t", _pid, "--network-lock", "nftables"], cancellationToken);
        (await _rig.ExecAsync(Rig.A, ["ip", "address", "del", $"{Rig.ServiceAddress}/24", "dev", "eth0"], cancellationToken)).Successful();
        await TakeAddressAsync(_rig, Rig.B, cancellationToken);
        await CriuAsync(Rig.B, ["restore", "-d"], cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_client.HasExited)
        {
            // Where it was moved to, nothing else ends it: what is left running takes processor time from the tests after this one.
            await _client.Input.WriteLineAsync("quit");
            _client.Input.Close();
            await Task.WhenAny(_client.WaitAsync(), Task.Delay(QuitLimit));
        }

        await _client.DisposeAsync();
        await _process.DisposeAsync();
        if (Directory.Exists(_images))
        {
            Directory.Delete(_images, recursive: true);
        }
    }

    [GeneratedRegex("operations=([0-9]+)")]
    private static partial Regex OperationsField();

    /// <summary>Makes room for a workload that is started in host a and moved to host b.</summary>
    public static async Task PrepareHostsAsync(Rig rig, CancellationToken cancellationToken)
    {
        await BringAddressHomeAsync(rig, cancellationToken);
        await SayAsync(rig, Rig.A, $"[ $(cat {LastProcess}) -lt {LastProcessOfA} ] || echo {FirstProcessOfA} >{LastProcess}", cancellationToken);
        await SayAsync(rig, Rig.B, $"echo {FirstProcessOfB} >{LastProcess}", cancellationToken);
    }

    /// <summary>Puts the service address on host a, wherever a migration has left it.</summary>
    public static async Task BringAddressHomeAsync(Rig rig, CancellationToken cancellationToken)
    {
        await rig.ExecAsync(Rig.B, ["ip", "address", "del", $"{Rig.ServiceAddress}/24", "dev", "eth0"], cancellationToken);
        await TakeAddressAsync(rig, Rig.A, cancellationToken);
    }

    private static async Task SayAsync(Rig rig, string host, string command, CancellationToken cancellationToken) =>
        (await rig.ExecAsync(host, ["sh", "-c", command], cancellationToken)).Successful();

    private static async Task TakeAddressAsync(Rig rig, string host, CancellationToken cancellationToken)
    {
        (await rig.ExecAsync(host, ["ip", "address", "replace", $"{Rig.ServiceAddress}/24", "dev", "eth0"], cancellationToken)).Successful();
        (await rig.ExecAsync(host, ["arping", "-q", "-c", "1", "-U", "-I", "eth0", Rig.ServiceAddress], cancellationToken)).Successful();
    }

    private async Task CriuAsync(string host, string[] arguments, CancellationToken cancellationToken)
    {
        string log = Path.Combine(_images, $"{arguments[0]}.log");
        CommandResult result = await _rig.ExecAsync(host, ["criu", .. arguments, "-D", _images, "--tcp-established", "-v4", "-o", log], cancellationToken);
        if (result.ExitCode != 0)
        {
            string tail = string.Join('\n', File.ReadLines(log).TakeLast(25));
            throw new InvalidOperationException($"criu {arguments[0]} ended with {result.ExitCode}:\n{result.Error}\n{tail}");
        }
    }
}
