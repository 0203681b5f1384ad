using U2CMigration.Criu.PageServer;
using U2CMigration.Criu.Versions;

namespace U2CMigration.Criu.Tests.Versions;

public sealed class CriuVersionTests
{
    [Theory]
    [InlineData(3, 17, 1, PageServerLayout.Compact)]
    [InlineData(3, 19, 0, PageServerLayout.Compact)]
    [InlineData(4, 1, 1, PageServerLayout.Compact)]
    [InlineData(4, 2, 0, PageServerLayout.Wide)]
    [InlineData(4, 2, 1, PageServerLayout.Wide)]
    [InlineData(5, 0, 0, PageServerLayout.Wide)]
    public void LayoutOf_Version_IsWideFrom42(int major, int minor, int sublevel, PageServerLayout expected) =>
        PageServerHeader.LayoutOf(new CriuVersion(major, minor, sublevel)).Should().Be(expected);

    [Fact]
    public void CompareTo_HigherMinor_BeatsHigherSublevel() => (new CriuVersion(4, 1, 9) < new CriuVersion(4, 2)).Should().BeTrue();

    [Fact]
    public void ToString_Release_LeavesOutZeroSublevel() =>
        new[] { new CriuVersion(4, 2), new CriuVersion(4, 2, 1) }.Select(version => version.ToString()).Should().Equal("4.2", "4.2.1");
}
