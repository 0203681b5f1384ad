using U2CMigration.Criu.Hiding;

namespace U2CMigration.Criu.Tests.Hiding;

public sealed class DescriptorExchangeTests
{
    [Theory]
    [InlineData("/proc", "")]
    [InlineData("/proc/12", "/12")]
    [InlineData("/proc/12/ns", null)]
    [InlineData("/proc/", null)]
    [InlineData("/proc/self", null)]
    [InlineData("/processes", null)]
    [InlineData("/srv/proc", null)]
    [InlineData("socket:[7]", null)]
    [InlineData(null, null)]
    public void BelowProc_Target_IsTheDirectoryOrAProcessInIt(string? target, string? below) => DescriptorExchange.BelowProc(target).Should().Be(below);
}
