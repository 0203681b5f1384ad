using U2CMigration.Core.Freezing;

namespace U2CMigration.Core.Tests.Freezing;

public sealed class FreezerDetectionTests
{
    private const string Hybrid = """
        30 25 0:26 / /sys/fs/cgroup/freezer rw,relatime shared:9 - cgroup cgroup rw,freezer
        31 25 0:27 / /sys/fs/cgroup/cpu,cpuacct rw,relatime - cgroup cgroup rw,cpu,cpuacct
        32 25 0:28 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw
        """;

    [Fact]
    public void CandidateDirectories_HybridHost_PrefersVersion2()
    {
        FreezerDetection.CandidateDirectories("5:freezer:/web\n3:cpu,cpuacct:/web\n0::/web.scope\n", Hybrid).Should().Equal(
            (true, "/sys/fs/cgroup/unified/web.scope"),
            (false, "/sys/fs/cgroup/freezer/web"));
    }

    [Fact]
    public void CandidateDirectories_RootCgroup_IsNoCandidate() =>
        FreezerDetection.CandidateDirectories("5:freezer:/\n0::/\n", Hybrid).Should().BeEmpty();

    [Fact]
    public void CandidateDirectories_HierarchyNotMounted_IsNoCandidate() =>
        FreezerDetection.CandidateDirectories("5:freezer:/web\n0::/web\n", "1 0 0:1 / / rw - ext4 /dev/vda rw\n").Should().BeEmpty();
}
