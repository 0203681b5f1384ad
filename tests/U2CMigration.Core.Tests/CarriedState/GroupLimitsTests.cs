using U2CMigration.Core.CarriedState.Attributes;

namespace U2CMigration.Core.Tests.CarriedState;

public sealed class GroupLimitsTests
{
    private const string Processes = "processes (pids.max)";

    [Fact]
    public void Lost_NoLimitAnyMore_IsNamedWithTheRemedy() =>
        GroupLimits.Lost(Limits(100), new Dictionary<string, string>()).Should().Contain("100 processes (pids.max)").And.Contain("--cgroup");

    [Theory]
    [InlineData(100, true)]
    [InlineData(50, true)]
    [InlineData(101, false)]
    public void Lost_AnotherLimit_IsLostWhereItIsHigher(int now, bool kept) => (GroupLimits.Lost(Limits(100), Limits(now)) is null).Should().Be(kept);

    private static Dictionary<string, string> Limits(int processes) => new() { [Processes] = $"{processes}" };
}
