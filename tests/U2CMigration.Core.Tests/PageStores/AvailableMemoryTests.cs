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

    [Fact]
    public void Read_OnThisMachine_IsPositive() => AvailableMemory.Read().Should().BePositive();
}
