using LiveMigration.Rig;

namespace LiveMigration.Workloads;

/// <summary>Makes the cgroup that holds the workload and nothing else: version 2 where the host has it, else the version 1 freezer.</summary>
public static class WorkloadCgroup
{
    private const string Maker = """
        set -eu
        for root in /sys/fs/cgroup /sys/fs/cgroup/unified; do
            if [ -e "$root/cgroup.controllers" ]; then
                mkdir -p "$root/workload"
                echo "$root/workload"
                exit 0
            fi
        done
        mkdir -p /sys/fs/cgroup/freezer/workload
        echo /sys/fs/cgroup/freezer/workload
        """;

    /// <summary>Returns its directory, the same on both hosts.</summary>
    public static async Task<string> MakeAsync(Testbed testbed, Host host, CancellationToken cancellationToken) =>
        (await testbed.RunAsync(host, ["sh", "-c", Maker], cancellationToken)).Trim();
}
