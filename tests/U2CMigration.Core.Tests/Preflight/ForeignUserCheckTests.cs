using U2CMigration.Core.Preflight;

namespace U2CMigration.Core.Tests.Preflight;

public sealed class ForeignUserCheckTests
{
    [Theory]
    [InlineData(new[] { 0, 0, 0 }, new[] { 0, 0, 0 }, null)]
    [InlineData(new[] { 107, 107, 107 }, new[] { 112, 112, 112 }, "user 107")]
    [InlineData(new[] { 0, 0, 107 }, new[] { 0, 0, 0 }, "user 107")]
    [InlineData(new[] { 0, 0, 0 }, new[] { 0, 5, 0 }, "group 5")]
    public void Foreign_Ids_AreComparedAsTheKernelDoes(int[] users, int[] groups, string? expected) =>
        ForeignUserCheck.Foreign((users, groups), ([0, 7, 7], [0, 7, 7])).Should().Be(expected);
}
