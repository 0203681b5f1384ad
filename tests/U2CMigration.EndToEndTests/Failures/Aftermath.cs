using U2CMigration.EndToEndTests.Testbed;
using U2CMigration.Testing;

namespace U2CMigration.EndToEndTests.Failures;

/// <summary>Looks at both hosts after a migration: where the workload runs, whether its memory is right, and what was left lying about.</summary>
internal static class Aftermath
{
    /// <summary>
    /// Prints everything that should not be there: CRIU processes, stores of pages, tracked memory, images, network locks, ARP silence. Waits for it to go,
    /// as the other host cleans up a moment after this one knows.
    /// </summary>
    private const string FindLeftovers = """
        look() {
            grep -lxs criu /proc/[0-9]*/comm | sed 's/^/a criu process: /'
            grep -ls '^u2c-fill-' /proc/[0-9]*/comm | sed 's/^/a process that holds memory: /'
            ls /run/u2cmigration/*.fill* 2>/dev/null | sed 's/^/a mark of missing pages: /'
            find /proc/[0-9]*/fd -lname '*memfd:u2c-pages*' 2>/dev/null | sed 's/^/a page store: /'
            grep -ls '^VmFlags:.* u[mw]\( \|$\)' /proc/[0-9]*/smaps | sed 's/^/memory registered with userfaultfd: /'
            find /run/u2cmigration -mindepth 1 -type d 2>/dev/null | sed 's/^/images: /'
            nft list tables 2>/dev/null | sed 's/^/a network lock: /'
            for group in /sys/fs/cgroup/unified/u2cmigration/*/; do
                [ ! -d "$group" ] || [ -n "$(cat "$group/cgroup.procs")" ] || echo "an empty control group: $group"
            done
            grep -lv "^0$" /proc/sys/net/ipv4/conf/*/arp_ignore /proc/sys/net/ipv4/conf/*/arp_announce | sed 's/^/ARP silence: /'
            ip -4 -o address show dev lo | grep -F "$1/" | sed 's/^/the address on lo: /'
            case $2 in
                home | left) ip -4 -o address show dev eth0 | grep -qF "$1/" || echo "the address is missing" ;;
                *) ip -4 -o address show dev eth0 | grep -F "$1/" | sed 's/^/the address: /' ;;
            esac
            case $2 in
                home) [ -d /proc/$3 ] || echo "process $3 is missing" ;;
                # The number may be that of this very shell by now.
                *) [ ! -d /proc/$3 ] || grep -qx sh /proc/$3/comm || echo "process $3: $(cat /proc/$3/stat)" ;;
            esac
        }
        for attempt in 1 2 3 4 5 6 7 8 9 10; do
            found=$(look "$@")
            [ -n "$found" ] || exit 0
            sleep 0.$attempt
        done
        printf '%s\n' "$found"
        """;

    private const string Clean = """
        rm -rf /run/u2cmigration
        rmdir /sys/fs/cgroup/unified/u2cmigration/*/ 2>/dev/null
        nft flush ruleset
        ip address del "$1/32" dev lo 2>/dev/null
        echo 0 | tee /proc/sys/net/ipv4/conf/*/arp_ignore /proc/sys/net/ipv4/conf/*/arp_announce
        """;

    /// <summary>Makes both hosts as they were before the first migration.</summary>
    public static async Task CleanAsync(Rig rig, CancellationToken cancellationToken)
    {
        foreach (string host in (string[])[Rig.A, Rig.B])
        {
            (await rig.ExecAsync(host, ["sh", "-c", Clean, "sh", Rig.ServiceAddress], cancellationToken)).Successful();
        }
    }

    /// <summary>It runs on a as before, and neither host has anything of the migration.</summary>
    public static Task StayedAsync(Rig rig, RunningWorkload workload, CancellationToken cancellationToken) =>
        CheckAsync(rig, workload, Rig.A, Rig.B, cancellationToken);

    /// <summary>It runs on b, and neither host has anything else of the migration.</summary>
    public static Task MovedAsync(Rig rig, RunningWorkload workload, CancellationToken cancellationToken) =>
        CheckAsync(rig, workload, Rig.B, Rig.A, cancellationToken);

    /// <summary>It ended on a by itself, and neither host has anything of the migration.</summary>
    public static async Task EndedAsync(Rig rig, RunningWorkload workload, CancellationToken cancellationToken)
    {
        (await FindAsync(rig, Rig.A, "left", workload, cancellationToken)).Should().BeEmpty("nothing is left on a");
        (await FindAsync(rig, Rig.B, "other", workload, cancellationToken)).Should().BeEmpty("nothing is left on b");
    }

    /// <summary>Whether the workload's root process uses no processor time in host a: frozen, stopped or held by CRIU.</summary>
    public static async Task<bool> StandsStillAsync(Rig rig, RunningWorkload workload, CancellationToken cancellationToken)
    {
        string used = $"cut -d' ' -f14,15 /proc/{workload.ProcessId}/stat";
        CommandResult result = await rig.ExecAsync(Rig.A, ["sh", "-c", $"before=$({used}) && sleep 0.3 && [ \"$before\" = \"$({used})\" ]"], cancellationToken);
        return result.ExitCode == 0;
    }

    private static async Task CheckAsync(Rig rig, RunningWorkload workload, string home, string other, CancellationToken cancellationToken)
    {
        string answer = await workload.AskAsync("check", cancellationToken);
        answer.Should().StartWith("ok ", $"the workload runs on {home} with its memory right");
        (await FindAsync(rig, home, "home", workload, cancellationToken)).Should().BeEmpty($"nothing is left on {home}");
        (await FindAsync(rig, other, "other", workload, cancellationToken)).Should().BeEmpty($"nothing is left on {other}");
    }

    private static async Task<string> FindAsync(Rig rig, string host, string role, RunningWorkload workload, CancellationToken cancellationToken)
    {
        string[] command = ["sh", "-c", FindLeftovers, "sh", Rig.ServiceAddress, role, $"{workload.ProcessId}"];
        return (await rig.ExecAsync(host, command, cancellationToken)).Successful();
    }
}
