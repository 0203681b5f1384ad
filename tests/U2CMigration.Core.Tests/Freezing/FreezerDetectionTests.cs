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
    public void Candidates_HybridHost_PrefersVersion2()
    {
        Candidates("5:freezer:/web\n3:cpu,cpuacct:/web\n0::/web.scope\n", Hybrid).Should().Equal(
            (true, "/sys/fs/cgroup/unified/web.scope"),
            (false, "/sys/fs/cgroup/freezer/web"));
    }

    [Fact]
    public void Candidates_RootCgroup_IsTheMountPoint() =>
        Candidates("5:freezer:/\n", Hybrid).Should().Equal((false, "/sys/fs/cgroup/freezer"));

    [Fact]
    public void Candidates_HierarchyNotMounted_IsNoCandidate() =>
        Candidates("5:freezer:/web\n0::/web\n", "1 0 0:1 / / rw - ext4 /dev/vda rw\n").Should().BeEmpty();

    [Fact]
    public void Version1_ControllersMountedTogether_IsFoundByEach() =>
        new CgroupDirectories("3:cpu,cpuacct:/web\n", Hybrid).Version1("cpu").Should().Be("/sys/fs/cgroup/cpu,cpuacct/web");

    private static IEnumerable<(bool IsVersion2, string Directory)> Candidates(string membership, string mounts) =>
        FreezerDetection.Candidates(new CgroupDirectories(membership, mounts));
}
