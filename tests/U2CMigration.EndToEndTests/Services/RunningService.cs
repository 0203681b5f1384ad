using System.Globalization;
using System.Text.Json;
using U2CMigration.EndToEndTests.Testbed;
using U2CMigration.Testing;

namespace U2CMigration.EndToEndTests.Services;

/// <summary>A service of eng/services in a control group of its own, under the load of its client, and carried between the hosts of a rig.</summary>
internal sealed class RunningService : IAsyncDisposable
{
    private const string Cgroup = "/sys/fs/cgroup/unified/service";
    private const string LoadCgroup = "/sys/fs/cgroup/unified/load";

    /// <summary>As a service manager starts it: a session of its own, the control group, no terminal. It is adopted by the first process of the host. Prints its process id.</summary>
    private const string Start = """
        set -eu
        ulimit -n 1024
        echo $$ >"$1/cgroup.procs"
        setsid sh -c 'echo $$; exec bash "$0" serve >"$SERVICE_DIR/serve.log" 2>&1' "$2" </dev/null 2>/dev/null &
        """;

    /// <summary>Ends what runs in the control group, on whichever host it is.</summary>
    private const string End = """
        for attempt in 1 2 3 4 5 6 7 8 9 10; do
            ids=$(cat "$0/cgroup.procs" 2>/dev/null)
            [ -n "$ids" ] || break
            kill -KILL $ids 2>/dev/null
            sleep 0.1
        done
        rmdir "$0" 2>/dev/null
        true
        """;

    private static readonly TimeSpan Breath = TimeSpan.FromSeconds(0.5);

    private readonly Rig _rig;
    private readonly string _script;
    private readonly IReadOnlyDictionary<string, string> _environment;
    private readonly string _directory;
    private RigProcess? _load;

    private RunningService(Rig rig, string name, string variant, int? mebibytes)
    {
        _rig = rig;
        _script = RepositoryRoot.File("eng", "services", $"{name}.sh");
        _directory = RepositoryRoot.File("artifacts", "services", $"{rig.Name}-{name}-{variant}");
        _environment = new Dictionary<string, string>
        {
            ["SERVICE_DIR"] = _directory,
            ["SERVICE_ADDRESS"] = Rig.ServiceAddress,
            ["SERVICE_VARIANT"] = variant,
            ["SERVICE_MIB"] = mebibytes?.ToString(CultureInfo.InvariantCulture) ?? string.Empty,
        };
    }

    /// <summary>The host that it is on.</summary>
    public string Host { get; private set; } = Rig.A;

    /// <summary>The root of its processes, as numbered in <see cref="Host"/>.</summary>
    public int ProcessId { get; private set; }

    /// <summary>Starts it in host a.</summary>
    public static async Task<RunningService> StartAsync(Rig rig, string name, string variant, int? mebibytes, CancellationToken cancellationToken)
    {
        foreach (string program in (string[])["noring", "preload/asroot.so"])
        {
            Requires.That(File.Exists(RepositoryRoot.File("artifacts", "native", program)), $"artifacts/native/{program} is not compiled (eng/test.sh does that)");
        }

        var service = new RunningService(rig, name, variant, mebibytes);
        if (Directory.Exists(service._directory))
        {
            Directory.Delete(service._directory, recursive: true);
        }

        Directory.CreateDirectory(service._directory);
        await RunningWorkload.PrepareHostsAsync(rig, cancellationToken);
        foreach (string host in (string[])[Rig.A, Rig.B])
        {
            (await rig.ExecAsync(host, ["mkdir", "-p", Cgroup], cancellationToken)).Successful();
        }

        (await service.RunAsync(Rig.A, "prepare", cancellationToken)).Successful();
        string started = (await rig.ExecAsync(Rig.A, service.WithEnvironment(["sh", "-c", Start, "sh", Cgroup, service._script]), cancellationToken)).Successful();
        service.ProcessId = int.Parse(started, CultureInfo.InvariantCulture);
        return service;
    }

    /// <summary>Puts it under load; returns when every connection of the client has had right answers.</summary>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        (await _rig.ExecAsync(Rig.Client, ["mkdir", "-p", LoadCgroup], cancellationToken)).Successful();
        _load = _rig.Start(Rig.Client, WithEnvironment(["sh", "-c", "echo $$ >$0/cgroup.procs; exec bash \"$1\" load", LoadCgroup, _script]));
        try
        {
            await _load.ReadLineAsync("ready", cancellationToken);
        }
        catch (InvalidOperationException e)
        {
            throw new InvalidOperationException($"{e.Message}\nThe service said: {await File.ReadAllTextAsync(Path.Combine(_directory, "serve.log"), cancellationToken)}", e);
        }
    }

    /// <summary>Moves it to the other host, every page compared, and lets it work there for a moment.</summary>
    public async Task<JsonElement> MoveAsync(CancellationToken cancellationToken)
    {
        string to = Host == Rig.A ? Rig.B : Rig.A;
        await using RigProcess receiver = _rig.Start(to, ServiceAgent.Receive(Cgroup));
        await receiver.ReadLineAsync("\"ready\"", cancellationToken);
        await using RigProcess sender = _rig.Start(Host, ServiceAgent.Send(ProcessId, to == Rig.B ? Rig.AddressOfB : Rig.AddressOfA));
        CommandResult sent = await sender.WaitAsync(cancellationToken);
        string result = sent.Output.Split('\n').LastOrDefault(line => line.Contains("\"event\":\"result\"", StringComparison.Ordinal)) ?? string.Empty;
        result.Should().NotBeEmpty("{0} moves from {1}: {2} {3}", _script, Host, sent.Output, sent.Error);
        string arrived = await receiver.ReadLineAsync("\"arrived\"", cancellationToken);
        ProcessId = JsonDocument.Parse(arrived).RootElement.GetProperty("processId").GetInt32();
        Host = to;
        await Task.Delay(Breath, cancellationToken);
        return JsonDocument.Parse(result).RootElement;
    }

    /// <summary>Tries to move it; returns what the agent said, and its exit code.</summary>
    public async Task<CommandResult> TryMoveAsync(CancellationToken cancellationToken, params string[] options)
    {
        await using RigProcess receiver = _rig.Start(Rig.B, ServiceAgent.Receive(Cgroup));
        await receiver.ReadLineAsync("\"ready\"", cancellationToken);
        await using RigProcess sender = _rig.Start(Host, ServiceAgent.Send(ProcessId, Rig.AddressOfB, options));
        return await sender.WaitAsync(cancellationToken);
    }

    /// <summary>Asks the agent whether it could be moved, as users do.</summary>
    public Task<CommandResult> AskAsync(CancellationToken cancellationToken) => _rig.ExecAsync(Host, ServiceAgent.Check(ProcessId), cancellationToken);

    /// <summary>Ends the load; returns what its client saw, and fails when rows and sums are not what the client was told.</summary>
    public async Task<LoadReport> CheckAsync(CancellationToken cancellationToken)
    {
        _load!.Input.Close();
        CommandResult ended = await _load.WaitAsync(cancellationToken);
        string report = ended.Successful().Split('\n')[^1];
        (await RunAsync(Rig.Client, "check", cancellationToken)).Successful();
        return LoadReport.Parse(report);
    }

    public async ValueTask DisposeAsync()
    {
        // Before the load itself: its children have its output, and while they have it does not end for us.
        await _rig.ExecAsync(Rig.Client, ["sh", "-c", End, LoadCgroup]);
        if (_load is not null)
        {
            await _load.DisposeAsync();
        }

        foreach (string host in (string[])[Rig.A, Rig.B])
        {
            await _rig.ExecAsync(host, ["sh", "-c", End, Cgroup]);
        }

        Directory.Delete(_directory, recursive: true);
    }

    private Task<CommandResult> RunAsync(string host, string command, CancellationToken cancellationToken) => _rig.ExecAsync(host, Command(command), cancellationToken);

    private string[] Command(string command) => WithEnvironment(["bash", _script, command]);

    private string[] WithEnvironment(string[] command) => ["env", .. _environment.Select(static variable => $"{variable.Key}={variable.Value}"), .. command];
}
