using System.Globalization;
using U2CMigration.EndToEndTests.Testbed;
using U2CMigration.Testing;

namespace U2CMigration.EndToEndTests.Children;

/// <summary>A shell script in host a of a rig that writes how far it has come to the file 'count' in a directory that all hosts see.</summary>
internal sealed class RunningScript : IAsyncDisposable
{
    private const string OwnCgroup = "/sys/fs/cgroup/unified/script";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Rig _rig;
    private readonly RigProcess _process;
    private readonly string _directory;

    private RunningScript(Rig rig, RigProcess process, string directory, int processId) => (_rig, _process, _directory, ProcessId) = (rig, process, directory, processId);

    /// <summary>The shell, as numbered in host a.</summary>
    public int ProcessId { get; }

    public static async Task<RunningScript> StartAsync(Rig rig, string script, bool hasOwnCgroup, CancellationToken cancellationToken, Action<string>? prepare = null)
    {
        await RunningWorkload.PrepareHostsAsync(rig, cancellationToken);
        string directory = Directory.CreateDirectory(RepositoryRoot.File("artifacts", "test-scripts", $"{rig.Name}-{Guid.NewGuid():n}")).FullName;
        prepare?.Invoke(directory);
        await File.WriteAllTextAsync(Path.Combine(directory, "script.sh"), script + "\n", cancellationToken);
        string join = hasOwnCgroup ? $"mkdir -p {OwnCgroup}; echo $$ >{OwnCgroup}/cgroup.procs; " : "";

        // A session of its own, with nothing open that lies outside of what moves.
        string start = $"cd {directory}; setsid sh -c '{join}echo $$ >pid; exec sh script.sh </dev/null >out 2>&1' & wait";
        RigProcess process = rig.Start(Rig.A, "sh", "-c", start);
        var running = new RunningScript(rig, process, directory, 0);
        string count = await running.ReadAsync("count", cancellationToken);
        int processId = int.Parse(await running.ReadAsync("pid", cancellationToken), CultureInfo.InvariantCulture);
        count.Should().NotBeEmpty();
        return new RunningScript(rig, process, directory, processId);
    }

    /// <summary>Waits until it has come further than it is now.</summary>
    public async Task ExpectProgressAsync(CancellationToken cancellationToken)
    {
        string before = await ReadAsync("count", cancellationToken);
        string now = before;
        for (DateTime end = DateTime.UtcNow + Patience; now == before && DateTime.UtcNow < end; now = await ReadAsync("count", cancellationToken))
        {
            await Task.Delay(50, cancellationToken);
        }

        now.Should().NotBe(before).And.NotContain("wrong");
    }

    public async ValueTask DisposeAsync()
    {
        // Its session, wherever it runs now: a restored process has the number it had. What is forked while the list is read is found the next time.
        foreach (string host in (string[])[Rig.A, Rig.B])
        {
            await _rig.ExecAsync(host, ["sh", "-c", $"for turn in 1 2 3 4 5; do pkill -KILL -s {ProcessId} || break; sleep 0.1; done; true"]);
        }

        await _process.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    private async Task<string> ReadAsync(string file, CancellationToken cancellationToken)
    {
        string path = Path.Combine(_directory, file);
        for (DateTime end = DateTime.UtcNow + Patience; DateTime.UtcNow < end; await Task.Delay(20, cancellationToken))
        {
            if (File.Exists(path) && (await File.ReadAllTextAsync(path, cancellationToken)).Trim() is { Length: > 0 } text)
            {
                return text;
            }
        }

        string said = Path.Combine(_directory, "out");
        throw new InvalidOperationException($"The script never wrote '{file}'. It said: {(File.Exists(said) ? await File.ReadAllTextAsync(said, cancellationToken) : "nothing")}");
    }
}
