using U2CMigration.Testing;

namespace U2CMigration.EndToEndTests.Demo;

/// <summary>What demos and comparisons change on the machine: taken before and after, both must be equal.</summary>
internal static class MachineState
{
    // Rigs of the other tests come and go; those of the demo carry its name.
    private const string Script = """
        sysctl -n fs.pipe-max-size
        { ls /run/u2c-testbed; ip netns list; findmnt -rn -o TARGET; find /sys/fs/cgroup -maxdepth 3 -type d; ps -e -o args=; } 2>/dev/null | grep -E '(demo|compare)-[0-9]+' | grep -v grep | sort
        true
        """;

    public static async Task<string> TakeAsync(CancellationToken cancellationToken) =>
        (await LocalCommand.RunAsync(["sh", "-c", Script], cancellationToken)).Successful();
}
