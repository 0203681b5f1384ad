using System.Globalization;
using U2CMigration.Testing;

namespace U2CMigration.EndToEndTests.SharedFiles;

/// <summary>native/filelocks.c in host a: it holds locks and the like in a directory that both hosts see.</summary>
internal sealed class FileHolder : IAsyncDisposable
{
    private const string Cgroup = "/sys/fs/cgroup/unified/filelocks";

    private static readonly string Program = NativeProgram.Build("filelocks");
    private static int _last;

    private readonly Rig _rig;
    private readonly string[] _kinds;

    private FileHolder(Rig rig, string directory, int processId, string[] kinds) => (_rig, Directory, ProcessId, _kinds) = (rig, directory, processId, kinds);

    /// <summary>The directory.</summary>
    public string Directory { get; }

    /// <summary>The root of the tree, in whichever host it is.</summary>
    public int ProcessId { get; }

    public static async Task<FileHolder> StartAsync(Rig rig, bool ownCgroup, CancellationToken cancellationToken, params string[] kinds)
    {
        string directory = RepositoryRoot.File("artifacts", "shared", string.Create(CultureInfo.InvariantCulture, $"{rig.Name}-{Interlocked.Increment(ref _last)}"));
        System.IO.Directory.CreateDirectory(directory);
        string join = ownCgroup ? $"mkdir -p {Cgroup}; echo $$ >{Cgroup}/cgroup.procs;" : string.Empty;
        string start = $"{join} echo $$ >{directory}/pid; exec {Program} hold {directory} {string.Join(' ', kinds)} 2>{directory}/error";
        string script = $"setsid sh -c '{start}' </dev/null >/dev/null 2>&1 & for i in $(seq 100); do [ -e {directory}/alive ] && exec cat {directory}/pid; sleep 0.05; done; cat {directory}/error >&2; exit 1";
        string pid = (await rig.ExecAsync(Rig.A, ["sh", "-c", script], cancellationToken)).Successful();
        return new FileHolder(rig, directory, int.Parse(pid, CultureInfo.InvariantCulture), kinds);
    }

    /// <summary>Asks, in a host, what another process could have of each: <c>KIND=free</c>, <c>shared</c> or <c>held</c>.</summary>
    public async Task<string> ProbeAsync(string host, CancellationToken cancellationToken) =>
        (await _rig.ExecAsync(host, [Program, "probe", Directory, .. _kinds], cancellationToken)).Successful().Trim();

    /// <summary>Starts a process that waits for a lock, or tries to <c>grab</c> it all the time.</summary>
    public async Task<RigProcess> StartWaitingAsync(string host, string kind, CancellationToken cancellationToken, string how = "wait")
    {
        RigProcess process = _rig.Start(host, Program, how, Directory, kind);
        await process.ReadLineAsync("waiting", cancellationToken);
        return process;
    }

    /// <summary>Whether it continues counting.</summary>
    public async Task<bool> RunsAsync(CancellationToken cancellationToken)
    {
        long before = Count();
        for (int attempt = 0; attempt < 40 && Count() == before; attempt++)
        {
            await Task.Delay(50, cancellationToken);
        }

        return Count() > before;
    }

    public async ValueTask DisposeAsync()
    {
        await _rig.EndAllAsync("filelocks");
        System.IO.Directory.Delete(Directory, recursive: true);
    }

    private long Count() => long.Parse(File.ReadAllText(Path.Combine(Directory, "alive")), CultureInfo.InvariantCulture);
}
