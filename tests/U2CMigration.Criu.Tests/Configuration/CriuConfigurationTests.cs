using U2CMigration.Criu.Configuration;

namespace U2CMigration.Criu.Tests.Configuration;

public sealed class CriuConfigurationTests
{
    private static readonly CriuConfiguration Configuration = CriuConfiguration.Parse(["# tcp-close", "ghost-limit 8M # for the database", "  manage-cgroups=soft", "", "link-remap", "timeout \"5\""]);

    [Theory]
    [InlineData("ghost-limit", true)]
    [InlineData("manage-cgroups", true)]
    [InlineData("link-remap", true)]
    [InlineData("tcp-close", false)]
    [InlineData("limit", false)]
    public void Has_Option_TellsWhetherALineNamesIt(string option, bool expected) => Configuration.Has(option).Should().Be(expected);

    [Theory]
    [InlineData("ghost-limit 8M", 8L << 20)]
    [InlineData("ghost-limit 512", 512L)]
    [InlineData("ghost-limit 3K", 3L << 10)]
    [InlineData("ghost-limit \"2G\"", 2L << 30)]
    [InlineData("ghost-limit=1M", 1L << 20)]
    [InlineData("ghost-limit", null)]
    [InlineData("ghost-limit much", null)]
    [InlineData("ghost-limit 99999999999999999999", null)]
    public void BytesOf_Line_IsItsValue(string line, long? expected) => CriuConfiguration.Parse([line]).BytesOf("ghost-limit").Should().Be(expected);

    [Fact]
    public void BytesOf_NamedTwice_LastOneCounts() => CriuConfiguration.Parse(["ghost-limit 1M", "ghost-limit 2M"]).BytesOf("ghost-limit").Should().Be(2 << 20);
}
