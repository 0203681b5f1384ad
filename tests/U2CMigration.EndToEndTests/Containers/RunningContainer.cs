using System.Globalization;
using System.Text.Json;
using U2CMigration.EndToEndTests.Migration;
using U2CMigration.EndToEndTests.Testbed;
using U2CMigration.Testing;

namespace U2CMigration.EndToEndTests.Containers;

/// <summary>A Redis in a container of host a, in the network of the host, with a client that holds one connection to it from beginning to end. Both hosts have the bundle.</summary>
internal sealed class RunningContainer : IMovingContainer
{
    private const string Program = "/usr/bin/redis-server";

    /// <summary>The files that Redis needs, and a configuration as <c>runc spec</c> makes it, but for the network and the standard capabilities.</summary>
    internal const string MakeBundle = """
        set -e
        mkdir -p "$0/rootfs" && cd "$0/rootfs"
        mkdir -p usr/bin etc proc sys dev tmp
        for program in /usr/bin/redis-server /bin/cat /bin/sleep /bin/sh; do
            [ -e ".$program" ] || { mkdir -p ".${program%/*}"; cp -pL "$program" ".$program"; }
            ldd "$program" | grep -o '/[^ ]*' | while read -r library; do mkdir -p ".${library%/*}"; [ -e ".$library" ] || cp -pL "$library" ".$library"; done
        done
        printf '%s' "$1" >../config.json
        """;

    private static int _lastPort = 6400;

    private readonly Rig _rig;
    private readonly string _runtime;
    private readonly RigProcess _client;

    private RunningContainer(Rig rig, string runtime, string id, RigProcess client, int port) => (_rig, _runtime, Id, _client, Port) = (rig, runtime, id, client, port);

    public string Runtime => _runtime;

    public string Id { get; }

    public string MakeAnother => $"cd {Bundle} && {_runtime} create {Id} </dev/null >/dev/null 2>&1";

    public int Port { get; }

    public string Bundle => BundleOf(Id);

    /// <summary>Starts one.</summary>
    /// <param name="rig">Where.</param>
    /// <param name="runtime">Its runtime.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="mounts">Further mounts for its configuration, in JSON, each with a comma before it.</param>
    public static async Task<RunningContainer> StartAsync(Rig rig, string runtime, CancellationToken cancellationToken, string mounts = "")
    {
        await RunningWorkload.PrepareHostsAsync(rig, cancellationToken);
        int port = Interlocked.Increment(ref _lastPort);
        string id = string.Create(CultureInfo.InvariantCulture, $"redis-{port}");
        foreach (string host in (string[])[Rig.A, Rig.B])
        {
            (await rig.ExecAsync(host, ["sh", "-c", MakeBundle, BundleOf(id), Configuration(port, mounts)], cancellationToken)).Successful();
        }

        (await rig.ExecAsync(Rig.A, ["sh", "-c", $"cd {BundleOf(id)} && {runtime} --log /tmp/{id}.log run -d {id} </dev/null >/dev/null 2>&1 || {{ cat /tmp/{id}.log; exit 1; }}; until redis-cli -h {Rig.ServiceAddress} -p {port} ping; do sleep 0.05; done"], cancellationToken)).Successful();
        RigProcess client = rig.Start(Rig.Client, "nc", Rig.ServiceAddress, port.ToString(CultureInfo.InvariantCulture));
        return new RunningContainer(rig, runtime, id, client, port);
    }

    /// <summary>Adds one over the open connection.</summary>
    /// <returns>The answer: how many there are now.</returns>
    public async Task<long> IncrementAsync(CancellationToken cancellationToken)
    {
        await _client.Input.WriteAsync("INCR counter\r\n".AsMemory(), cancellationToken);
        await _client.Input.FlushAsync(cancellationToken);
        return long.Parse((await _client.ReadLineAsync(":", cancellationToken)).Trim().TrimStart(':'), CultureInfo.InvariantCulture);
    }

    /// <summary>Adds one after the other until it is told to stop, and sees that none is lost.</summary>
    /// <returns>How many there are.</returns>
    public async Task<long> WriteAsync(CancellationToken stop, CancellationToken cancellationToken)
    {
        long expected = await IncrementAsync(cancellationToken);
        while (!stop.IsCancellationRequested)
        {
            (await IncrementAsync(cancellationToken)).Should().Be(++expected);
        }

        return expected;
    }

    /// <summary>Ends a writer, which must have gone on after the move.</summary>
    /// <returns>How many there are.</returns>
    public static async Task<long> EndAsync(Task<long> writing, CancellationTokenSource stop)
    {
        await Task.WhenAny(writing, Task.Delay(100));
        await stop.CancelAsync();
        return await writing;
    }

    /// <summary>Sends it away.</summary>
    public RigProcess StartSending(params string[] options) => StartSendingAs(Id, options);

    /// <summary>Sends a container of another name away, or tries to.</summary>
    public RigProcess StartSendingAs(string id, params string[] options) => StartSending(id, $"{Rig.AddressOfB}:{Agents.Port}", options);

    public RigProcess StartSendingTo(string endpoint, params string[] options) => StartSending(Id, endpoint, options);

    /// <summary>Calls its runtime in a host.</summary>
    public Task<CommandResult> AskRuntimeAsync(string host, CancellationToken cancellationToken, params string[] arguments) => _rig.ExecAsync(host, [_runtime, .. arguments], cancellationToken);

    /// <summary>What its runtime says of it in a host; null where there is no such container.</summary>
    public async Task<string?> StatusAsync(string host, CancellationToken cancellationToken)
    {
        CommandResult state = await AskRuntimeAsync(host, cancellationToken, "state", Id);
        return state.ExitCode == 0 ? JsonDocument.Parse(state.Output).RootElement.GetProperty("status").GetString() : null;
    }

    /// <summary>The control groups of its name in a host.</summary>
    public async Task<string> GroupsAsync(string host, CancellationToken cancellationToken) =>
        (await _rig.ExecAsync(host, ["find", "/sys/fs/cgroup", "-type", "d", "-name", Id], cancellationToken)).Output;

    public async ValueTask DisposeAsync()
    {
        await _client.DisposeAsync();
        foreach (string host in (string[])[Rig.A, Rig.B])
        {
            await AskRuntimeAsync(host, CancellationToken.None, "delete", "--force", Id);
            await _rig.ExecAsync(host, ["rm", "-rf", "--one-file-system", Bundle]);
        }
    }

    public Task<CommandResult> ExecAsync(string host, CancellationToken cancellationToken, params string[] command) => AskRuntimeAsync(host, cancellationToken, ["exec", Id, .. command]);

    private RigProcess StartSending(string id, string endpoint, string[] options) => _rig.Start(
        Rig.A,
        [.. ProgramInHosts.Agent, "send", "--container", $"{_runtime}:{id}", "--to", endpoint, "--address", Agents.Address, "--json-lines", "--allow-unauthenticated", .. options]);

    private static string BundleOf(string id) => $"/srv/containers/{id}";

    /// <summary>A configuration.</summary>
    /// <param name="port">Where Redis listens.</param>
    /// <param name="mounts">Further mounts, in JSON, each with a comma before it.</param>
    /// <param name="namespaces">Further namespaces, in the same way.</param>
    internal static string Configuration(int port, string mounts, string namespaces = "") => $$$"""
        {"ociVersion": "1.0.2",
         "process": {"terminal": false, "user": {"uid": 0, "gid": 0}, "cwd": "/", "env": ["PATH=/usr/bin"], "noNewPrivileges": true,
          "args": ["{{{Program}}}", "--save", "", "--appendonly", "no", "--protected-mode", "no", "--port", "{{{port}}}", "--bind", "0.0.0.0", "--logfile", "", "--dir", "/dev/shm"]},
         "root": {"path": "rootfs", "readonly": false}, "hostname": "web",
         "mounts": [
          {"destination": "/proc", "type": "proc", "source": "proc"},
          {"destination": "/dev", "type": "tmpfs", "source": "tmpfs", "options": ["nosuid", "strictatime", "mode=755", "size=65536k"]},
          {"destination": "/dev/pts", "type": "devpts", "source": "devpts", "options": ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"]},
          {"destination": "/dev/shm", "type": "tmpfs", "source": "shm", "options": ["nosuid", "noexec", "nodev", "mode=1777", "size=65536k"]},
          {"destination": "/sys", "type": "sysfs", "source": "sysfs", "options": ["nosuid", "noexec", "nodev", "ro"]},
          {"destination": "/sys/fs/cgroup", "type": "cgroup", "source": "cgroup", "options": ["nosuid", "noexec", "nodev", "relatime", "ro"]}{{{mounts}}}],
         "linux": {"resources": {"devices": [{"allow": false, "access": "rwm"}], "memory": {"limit": 536870912}},
          "namespaces": [{"type": "pid"}, {"type": "ipc"}, {"type": "uts"}, {"type": "mount"}{{{namespaces}}}],
          "maskedPaths": ["/proc/acpi", "/proc/kcore", "/proc/keys", "/proc/timer_list", "/sys/firmware"],
          "readonlyPaths": ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"]}}
        """;
}
