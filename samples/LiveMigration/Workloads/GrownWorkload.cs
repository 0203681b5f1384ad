using System.Globalization;
using LiveMigration.Rig;

namespace LiveMigration.Workloads;

/// <summary>Waits for a workload whose memory comes and goes, so that every migration finds it at work on most of it.</summary>
public static class GrownWorkload
{
    // Of the size that was asked for. The sorting program reaches it in each of its jobs, when the first array is full or nearly so.
    private const double Share = 0.5;

    private const string Waiter = """
        set -eu
        for attempt in $(seq 1200); do
            read -r _ resident _ <"/proc/$1/statm"
            [ "$resident" -lt "$2" ] || exit 0
            sleep 0.1
        done
        """;

    /// <summary>Returns after two minutes at the latest.</summary>
    /// <exception cref="IOException">The workload has ended.</exception>
    public static Task AwaitAsync(Testbed testbed, Host host, int processId, int mebibytes, CancellationToken cancellationToken)
    {
        long pages = (long)(((long)mebibytes << 20) * Share) / Environment.SystemPageSize;
        return testbed.RunAsync(host, ["sh", "-c", Waiter, "sh", Text(processId), Text(pages)], cancellationToken);
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
