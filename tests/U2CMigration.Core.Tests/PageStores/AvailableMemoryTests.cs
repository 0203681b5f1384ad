using U2CMigration.Core.PageStores;

namespace U2CMigration.Core.Tests.PageStores;

public sealed class AvailableMemoryTests
{
    [Fact]
    public void ParseMemAvailable_KernelText_IsInBytes() =>
        AvailableMemory.ParseMemAvailable("MemTotal:       24589392 kB\nMemFree:        23000000 kB\nMemAvailable:   23456789 kB\nBuffers: 1 kB\n"u8).Should().Be(23456789L * 1024);

    [Fact]
    public void ParseMemAvailable_LineMissing_IsNull() => AvailableMemory.ParseMemAvailable("MemTotal: 1 kB\n"u8).Should().BeNull();

    [Fact]
    public void ParseGroup_HybridHierarchy_TakesTheUnifiedOne() =>
        AvailableMemory.ParseGroup("4:memory:/old\n0::/system.slice/receiver.service\n"u8).Should().Be("/system.slice/receiver.service");

    [Fact]
    public void ParseGroup_OnlyOldHierarchies_IsNull() => AvailableMemory.ParseGroup("4:memory:/old\n"u8).Should().BeNull();

    [Theory]
    [InlineData("1000\n", "400\n", 600)]
    [InlineData("1000\n", "1400\n", 0)]
    [InlineData("max\n", "400\n", long.MaxValue)]
    public void Headroom_LimitAndUse_IsWhatIsLeft(string max, string current, long expected) =>
        AvailableMemory.Headroom(System.Text.Encoding.UTF8.GetBytes(max), System.Text.Encoding.UTF8.GetBytes(current)).Should().Be(expected);

    [Theory]
    [InlineData("12:memory:/docker/abc\n0::/\n", "/docker/abc")]
    [InlineData("3:cpu,memory:/a:b\n", "/a:b")]
    [InlineData("5:memory:/\n", "/")]
    [InlineData("0::/system.slice\n", null)]
    public void ParseOldGroup_Lines_IsThatOfTheMemoryController(string groups, string? expected) =>
        AvailableMemory.ParseOldGroup(System.Text.Encoding.UTF8.GetBytes(groups)).Should().Be(expected);

    /// <summary>The group itself has no limit, one above has, and the root of what a container sees has another.</summary>
    [Fact]
    public void ReadGroups_LimitsAbove_BindAsWell()
    {
        string root = Directory.CreateTempSubdirectory("groups-").FullName;
        try
        {
            Write("", "900", "100");
            Write("/a", "500", "150");
            Write("/a/b", "9223372036854771712", "150");

            AvailableMemory.ReadGroups(root, "/a/b", "limit", "use").Should().Be(350);
            AvailableMemory.ReadGroups(root, "/", "limit", "use").Should().Be(800, "a container sees its own group as the root");
            AvailableMemory.ReadGroups(root, "/../x", "limit", "use").Should().Be(long.MaxValue);
            AvailableMemory.ReadGroups(root, null, "limit", "use").Should().Be(long.MaxValue);
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }

        void Write(string group, string limit, string use)
        {
            Directory.CreateDirectory(root + group);
            File.WriteAllText($"{root}{group}/limit", limit + "\n");
            File.WriteAllText($"{root}{group}/use", use + "\n");
        }
    }

    [Fact]
    public void Read_OnThisMachine_IsPositive() => AvailableMemory.Read().Should().BePositive();
}
