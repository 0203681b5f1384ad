using System.Globalization;
using System.Text.RegularExpressions;
using U2CMigration.EndToEndTests.Testbed;
using U2CMigration.Testing;

namespace U2CMigration.EndToEndTests.Peculiarities;

/// <summary>A running native/peculiar in host a. It says how it fares in files that both hosts and the test see.</summary>
internal sealed partial class PeculiarTree : IAsyncDisposable
{
    private const string Program = "peculiar";

    /// <summary>The first of the users that its user namespace has; native/peculiar.c says the same.</summary>
    private const int FirstSubordinate = 100_000;

    private const string Prepare = """
        mountpoint -q "$1" || mount --bind "$1" "$1"
        mkdir -p /etc/criu && if [ "$2" = contained ]; then echo "root $1"; fi >/etc/criu/default.conf
        """;

    private const string CleanUp = """
        rm -f /etc/criu/default.conf
        umount "$1"
        """;

    private static int _last;

    private readonly Rig _rig;
    private readonly string _folder;
    private readonly int _processes;

    private PeculiarTree(Rig rig, string folder, int processes) => (_rig, _folder, _processes) = (rig, folder, processes);

    /// <summary>The root process, as numbered in host a.</summary>
    public int ProcessId { get; private set; }

    /// <summary>Starts it; what each process does is said in native/peculiar.c.</summary>
    public static async Task<PeculiarTree> StartAsync(Rig rig, string processes, bool hasOwnCgroup, CancellationToken cancellationToken)
    {
        string folder = RepositoryRoot.File("artifacts", "test-images", $"{rig.Name}-{Program}-{Interlocked.Increment(ref _last)}");
        Directory.CreateDirectory(Path.Combine(folder, "proc"));
        File.Copy(NativeProgram.Build(Program), Path.Combine(folder, Program), overwrite: true);
        File.Copy(NativeProgram.Build("i386/compat"), Path.Combine(folder, "compat"), overwrite: true);
        var tree = new PeculiarTree(rig, folder, processes.Split(' ').Length);
        await RunningWorkload.BringAddressHomeAsync(rig, cancellationToken);
        int owner = processes.Contains('U') ? FirstSubordinate : 0;
        (await LocalCommand.RunAsync(["chown", "-R", $"{owner}:{owner}", folder], cancellationToken)).Successful();
        foreach (string host in (string[])[Rig.A, Rig.B])
        {
            (await rig.ExecAsync(host, ["sh", "-c", Prepare, "sh", folder, processes.Contains('c') ? "contained" : ""], cancellationToken)).Successful();
        }

        string start = $"setsid {folder}/{Program} {folder}/state 1024 {processes} </dev/null >{folder}/number 2>{folder}/error & sleep 0.1";
        (await rig.ExecAsync(Rig.A, ["sh", "-c", start], cancellationToken)).Successful();
        await tree.TurnsAsync(0, cancellationToken);
        tree.ProcessId = int.Parse(await File.ReadAllTextAsync(Path.Combine(folder, "number"), cancellationToken), CultureInfo.InvariantCulture);
        if (hasOwnCgroup)
        {
            const string Script = "mkdir -p /sys/fs/cgroup/unified/peculiar && for p in $(pgrep -x 'peculiar|compat'); do echo $p >/sys/fs/cgroup/unified/peculiar/cgroup.procs; done";
            (await rig.ExecAsync(Rig.A, ["sh", "-c", Script], cancellationToken)).Successful();
        }

        return tree;
    }

    /// <summary>Waits until each process has gone through its memory once more and found all of it right.</summary>
    /// <returns>The turns of the root.</returns>
    public async Task<long> TurnsAsync(long beyond, CancellationToken cancellationToken)
    {
        long first = 0;
        for (int process = 0; process < _processes; process++)
        {
            long turns;
            long seen = -1;
            do
            {
                await Task.Delay(20, cancellationToken);
                string state = Path.Combine(_folder, $"state.{process}");
                string said = File.Exists(state) ? await File.ReadAllTextAsync(state, cancellationToken) : "";
                said.Should().NotStartWith("wrong");
                turns = TurnsField().Match(said) is { Success: true } match ? long.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture) : -1;
                seen = seen < 0 && turns >= 0 ? turns : seen;
            }
            while (turns <= beyond || turns == seen);
            first = process == 0 ? turns : first;
        }

        return first;
    }

    /// <summary>The map of users of its first process in a host; empty when it does not run there.</summary>
    public async Task<string> UsersAsync(string host, CancellationToken cancellationToken)
    {
        CommandResult result = await _rig.ExecAsync(host, ["sh", "-c", "cat /proc/$(pgrep -ox peculiar)/uid_map"], cancellationToken);
        return result.ExitCode == 0 ? string.Join(' ', result.Output.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)) : "";
    }

    public async ValueTask DisposeAsync()
    {
        await _rig.EndAllAsync("peculiar|compat");
        foreach (string host in (string[])[Rig.A, Rig.B])
        {
            await _rig.ExecAsync(host, ["sh", "-c", CleanUp, "sh", _folder]);
        }

        Directory.Delete(_folder, recursive: true);
    }

    [GeneratedRegex("^ok turns=([0-9]+)")]
    private static partial Regex TurnsField();
}
