using System.Globalization;
using LiveMigration.Rig;

namespace LiveMigration.Workloads;

/// <summary>Starts a workload in a cgroup of its own, without inherited descriptors.</summary>
public sealed class WorkloadStarter(Testbed testbed)
{
    // The parent of the workload ends at once, so that the first process of the host adopts it. Prints the workload's process id.
    private const string Starter = """
        set -eu
        echo $$ >"$1/cgroup.procs"
        shift
        ulimit -n 1024
        setsid sh -c 'echo $$; exec "$@" >/dev/null 2>&1' workload "$@" </dev/null 2>/dev/null &
        """;

    /// <summary>Returns its process id as the host numbers it.</summary>
    public async Task<int> StartAsync(Host host, string cgroup, IEnumerable<string> command, CancellationToken cancellationToken)
    {
        string output = await testbed.RunAsync(host, ["sh", "-c", Starter, "sh", cgroup, .. command], cancellationToken);
        return int.Parse(output.Trim(), CultureInfo.InvariantCulture);
    }
}
