using U2CMigration.Testing;

namespace U2CMigration.EndToEndTests.Containers;

/// <summary>All that a container, or a migration of one, can leave on a host: mounts, control groups, networks, locks, books of runtimes, storage, directories, processes.</summary>
internal static class HostTraces
{
    /// <summary>Without the ids of mounts, which count up, and without the parents of control groups, which stay for the next one.</summary>
    private const string Look = """
        cut -d' ' -f3- /proc/self/mountinfo | sed 's/^/mount /'
        find /sys/fs/cgroup -mindepth 1 -type d | grep -v '/\(u2cmigration\|libpod_parent\|libpod_parent/conmon\)$' | sed 's/^/control group /'
        { ip netns list; ip -o link show | cut -d: -f2; ip -o address show dev lo; nft list tables; } 2>/dev/null | sed 's/^/network /'
        ls -d /run/crun/* /run/runc/* 2>/dev/null | sed 's/^/books /'
        find /run/u2cmigration /run /tmp -maxdepth 1 -type d 2>/dev/null | grep -E '/(u2c-[^/]*|[0-9a-f]{32})$' | sed 's/^/directory /'
        find /var/lib/containers/storage/overlay-containers /var/lib/containers/storage/overlay /var/lib/containers/storage/volumes /run/containers/storage/overlay-containers /run/libpod/exits \
            -mindepth 1 -maxdepth 1 -not -name '*.json' -not -name '*.lock' 2>/dev/null | sed 's/^/storage /'
        ! command -v podman >/dev/null || podman ps --all --format 'podman {{.Names}} {{.Status}}'
        ps -e -o comm= | grep -xE 'criu|crun|runc|conmon|podman|redis-server|u2c-.*' | sed 's/^/process /'
        true
        """;

    /// <summary>Reads them.</summary>
    public static async Task<string[]> ReadAsync(Rig rig, string host, CancellationToken cancellationToken) =>
        [.. (await rig.ExecAsync(host, ["sh", "-c", Look], cancellationToken)).Successful().Split('\n').Order(StringComparer.Ordinal)];

    /// <summary>Waits until they are as before: the other host cleans up a moment after this one knows.</summary>
    public static async Task AwaitAsync(Rig rig, string host, string[] before, CancellationToken cancellationToken)
    {
        string[] now = await ReadAsync(rig, host, cancellationToken);
        for (int attempt = 1; attempt <= 10 && !now.SequenceEqual(before); attempt++)
        {
            await Task.Delay(100 * attempt, cancellationToken);
            now = await ReadAsync(rig, host, cancellationToken);
        }

        now.Except(before).Should().BeEmpty($"nothing is left on {host}");
        before.Except(now).Should().BeEmpty($"nothing is missing on {host}");
    }
}
