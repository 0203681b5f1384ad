using System.Text;
using CsCheck;
using U2CMigration.PageTracking.Processes;

namespace U2CMigration.PageTracking.Tests.Processes;

public sealed class ProcessParserTests
{
    private const string Tail = " 0 0 -1 4194304 100 0 0 0 1 2 3 4 20 0 1 0 987654 9875456 512 18446744073709551615\n";

    [Theory]
    [InlineData("redis-server")]
    [InlineData("a) R 7 (b")]
    [InlineData(") ) )")]
    [InlineData("")]
    public void TryParseStat_AnyName_FindsTheFieldsBehindIt(string name)
    {
        ProcessStat.TryParse(Encoding.UTF8.GetBytes($"4321 ({name}) S 17 4321{Tail}"), out ProcessStat stat).Should().BeTrue();

        stat.Should().Be(new ProcessStat(4321, 'S', 17, 987654));
    }

    [Theory]
    [InlineData("")]
    [InlineData("4321")]
    [InlineData("4321 (x")]
    [InlineData("4321 (x)")]
    [InlineData("4321 (x) S")]
    [InlineData("4321 (x) S 1 2 3")]
    [InlineData("abc (x) S 17 1 1 0 -1 0 0 0 0 0 0 0 0 0 0 0 0 0 1")]
    [InlineData("4321 (x) S y 1 1 0 -1 0 0 0 0 0 0 0 0 0 0 0 0 0 1")]
    public void TryParseStat_Malformed_IsRefused(string content) => ProcessStat.TryParse(Encoding.UTF8.GetBytes(content), out _).Should().BeFalse();

    [Fact]
    public void TryParseStat_AnyBytes_NeverThrows() => Gen.Byte.Array[0, 200].Sample(static bytes => { _ = ProcessStat.TryParse(bytes, out _); });

    [Fact]
    public void TryParseStat_CutAnywhere_NeverThrows()
    {
        byte[] whole = Encoding.UTF8.GetBytes($"4321 (x) S 17 4321{Tail}");

        Enumerable.Range(0, whole.Length).Select(length => ProcessStat.TryParse(whole.AsSpan(0, length), out _)).ToList().Should().Contain(false);
    }

    [Theory]
    [InlineData('Z', true)]
    [InlineData('X', true)]
    [InlineData('S', false)]
    [InlineData('T', false)]
    public void HasEnded_State_IsTrueForZombiesOnly(char state, bool ended) => new ProcessStat(1, state, 0, 0).HasEnded.Should().Be(ended);

    [Fact]
    public void TryParseStatus_OfAContainerProcess_GivesAllItsNumbers()
    {
        ProcessStatus.TryParse("Name:\tapp\nState:\tS (sleeping)\nTracerPid:\t77\nNSpid:\t4321\t12\t1\nCapEff:\t000001fffeffffff\n"u8, out ProcessStatus? status).Should().BeTrue();

        status.Should().BeEquivalentTo(new ProcessStatus("app", 77, [4321, 12, 1], 0x1fffeffffff));
    }

    [Theory]
    [InlineData("")]
    [InlineData("Name:\tapp\nNSpid:\t1\nCapEff:\t0\n")]
    [InlineData("Name:\tapp\nTracerPid:\t-\nNSpid:\t1\nCapEff:\t0\n")]
    [InlineData("Name:\tapp\nTracerPid:\t0\nNSpid:\tx\nCapEff:\t0\n")]
    [InlineData("Name:\tapp\nTracerPid:\t0\nNSpid:\t1\nCapEff:\tzz\n")]
    public void TryParseStatus_MissingOrMalformedField_IsRefused(string content) =>
        ProcessStatus.TryParse(Encoding.UTF8.GetBytes(content), out _).Should().BeFalse();

    [Fact]
    public void TryParseStatus_AnyBytes_NeverThrows() => Gen.Byte.Array[0, 300].Sample(static bytes => { _ = ProcessStatus.TryParse(bytes, out _); });

    [Fact]
    public void CgroupMounts_BothVersions_AreFoundWithTheirFiles()
    {
        CgroupMounts mounts = CgroupMounts.Parse(
            "30 25 0:26 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n31 25 0:27 /docker/x /sys/fs/cgroup/freezer rw shared:9 - cgroup cgroup rw,freezer\nshort line\n");

        string?[] files = [mounts.Unified!.Resolve("/a/b", "cgroup.events"), mounts.Unified.Resolve("/", "f"), mounts.Freezer!.Resolve("/docker/x/y", "freezer.state"), mounts.Freezer.Resolve("/other", "f")];
        files.Should().Equal("/sys/fs/cgroup/unified/a/b/cgroup.events", "/sys/fs/cgroup/unified/f", "/sys/fs/cgroup/freezer/y/freezer.state", null);
    }

    [Fact]
    public void List_OwnProcess_StartsWithIt() => ProcessTree.List(Environment.ProcessId)[0].Should().Be(Environment.ProcessId);

    [Fact]
    public void List_NoSuchProcess_IsEmpty() => ProcessTree.List(int.MaxValue).Should().BeEmpty();
}
