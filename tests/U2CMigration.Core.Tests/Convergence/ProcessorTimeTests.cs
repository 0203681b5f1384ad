using U2CMigration.Core.Convergence;

namespace U2CMigration.Core.Tests.Convergence;

public sealed class ProcessorTimeTests
{
    [Theory]
    [InlineData("4711 (a) b) S 1 4711 4711 0 -1 4194560 100 0 0 0 1234 66 0 0 20 0\n", 13)]
    [InlineData("", 0)] // ends while it is read
    [InlineData("4711 (a)", 0)]
    [InlineData("4711 (a) S 1 4711 4711 0 -1 4194560 100 0 0 0 1234", 0)]
    public void Parse_Stat_AddsUpUserAndSystem(string stat, double seconds) => ProcessorTime.Parse(stat).Should().Be(seconds);
}
