using System.Globalization;
using LiveMigration.Rig;

namespace LiveMigration.Workloads;

/// <summary>A Redis server in a cgroup of its own, without persistence and without inherited descriptors.</summary>
public sealed class RedisWorkload(Testbed testbed)
{
    public const int Port = 6379;

    // The parent of the server ends at once, so that the first process of the host adopts it. Prints the server's process id.
    private const string Starter = """
        set -eu
        echo $$ >"$1/cgroup.procs"
        ulimit -n 1024
        setsid sh -c 'echo $$; exec redis-server --port "$1" --bind 0.0.0.0 --protected-mode no --save "" --appendonly no --dir /var/lib/redis >/dev/null 2>&1' redis "$2" </dev/null 2>/dev/null &
        for attempt in $(seq 100); do
            [ "$(redis-cli -p "$2" ping 2>/dev/null)" != PONG ] || exit 0
            sleep 0.05
        done
        echo "redis-server does not answer" >&2
        exit 1
        """;

    /// <summary>Starts it; returns its process id as the host numbers it.</summary>
    public async Task<int> StartAsync(Host host, string cgroup, CancellationToken cancellationToken)
    {
        string output = await testbed.RunAsync(host, ["sh", "-c", Starter, "sh", cgroup, Port.ToString(CultureInfo.InvariantCulture)], cancellationToken);
        return int.Parse(output.Trim(), CultureInfo.InvariantCulture);
    }
}
