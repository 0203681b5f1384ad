using System.Globalization;
using U2CMigration.Testing;

namespace U2CMigration.EndToEndTests.Inventory;

/// <summary>native/oddities in host a: a process with things that lead out of it, and the bystander that has their other ends.</summary>
internal sealed class RunningOddities : IAsyncDisposable
{
    private readonly Rig _rig;
    private readonly RigProcess _bystander;
    private readonly Dictionary<string, string> _said;

    private RunningOddities(Rig rig, RigProcess bystander, Dictionary<string, string> said) => (_rig, _bystander, _said) = (rig, bystander, said);

    /// <summary>The process that has the things.</summary>
    public int ProcessId => Number("pid");

    /// <summary>The kinds that this kernel does not have.</summary>
    public IReadOnlyList<string> Unavailable { get; private init; } = [];

    /// <summary>A number that it said, of a thread for example.</summary>
    public int Number(string name) => int.Parse(_said[name], CultureInfo.InvariantCulture);

    public static async Task<RunningOddities> StartAsync(Rig rig, string kinds, CancellationToken cancellationToken, string prefix = "")
    {
        await Testbed.RunningWorkload.PrepareHostsAsync(rig, cancellationToken);
        RigProcess bystander = rig.Start(Rig.A, "sh", "-c", $"exec {prefix} {NativeProgram.Build("oddities")} {kinds}");
        var said = new Dictionary<string, string>();
        var unavailable = new List<string>();
        while (await bystander.ReadLineAsync("", cancellationToken) is var line && line != "ready")
        {
            string[] words = line.Split(' ');
            if (words[0] == "unavailable")
            {
                unavailable.Add(words[1]);
            }
            else
            {
                said[words[0]] = words[^1];
            }
        }

        return new RunningOddities(rig, bystander, said) { Unavailable = unavailable };
    }

    /// <summary>The state of the process in a host, one letter; empty where it is not.</summary>
    public async Task<string> StateAsync(string host, CancellationToken cancellationToken) =>
        (await _rig.ExecAsync(host, ["sh", "-c", $"sed 's/.*) \\(.\\).*/\\1/' /proc/{ProcessId}/stat 2>/dev/null"], cancellationToken)).Output.Trim();

    public Task SignalAsync(string signal, CancellationToken cancellationToken) => _rig.ExecAsync(Rig.A, ["sh", "-c", $"kill -{signal} {ProcessId}"], cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _rig.EndAllAsync("oddities");
        foreach (string host in (string[])[Rig.A, Rig.B])
        {
            await _rig.ExecAsync(host, ["sh", "-c", "ipcs -q | awk '$2+0==$2{print $2}' | xargs -r -n1 ipcrm -q; ipcs -s | awk '$2+0==$2{print $2}' | xargs -r -n1 ipcrm -s; rm -rf /tmp/oddities.* /dev/mqueue/oddities"]);
        }

        await _bystander.DisposeAsync();
    }
}
