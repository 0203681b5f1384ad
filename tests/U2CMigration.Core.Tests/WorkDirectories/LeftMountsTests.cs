using U2CMigration.Core.WorkDirectories;

namespace U2CMigration.Core.Tests.WorkDirectories;

public sealed class LeftMountsTests
{
    [Fact]
    public void Below_MountsOfADirectory_AreThoseInItWithTheLastFirst()
    {
        string[] mounts =
        [
            "20 1 0:5 / /run rw - tmpfs tmpfs rw",
            "30 20 0:6 / /run/work rw - tmpfs tmpfs rw",
            "31 30 0:7 / /run/work/id/.criu.cgyard.x rw - tmpfs tmpfs rw",
            "32 31 0:8 / /run/work/id/.criu.cgyard.x/cpu rw - cgroup cgroup rw,cpu",
            "33 30 0:9 / /run/work/id2/other rw - tmpfs tmpfs rw",
        ];

        LeftMounts.Below("/run/work/id", mounts).Should().Equal("/run/work/id/.criu.cgyard.x/cpu", "/run/work/id/.criu.cgyard.x");
    }
}
