using U2CMigration.Criu.Hiding;

namespace U2CMigration.Criu.Tests.Hiding;

public sealed class BlankAddressSpaceTests
{
    [Theory]
    [InlineData("10-20", "20-30", false)]
    [InlineData("20-30", "10-20", false)]
    [InlineData("10-20 40-50", "20-40 50-60", false)]
    [InlineData("10-20", "", false)]
    [InlineData("10-20 40-50", "20-41", true)]
    [InlineData("10-20 40-50", "4f-60", true)]
    [InlineData("10-60", "20-30", true)]
    [InlineData("20-30", "0-5 10-60", true)]
    public void Overlap_TwoLists_IsFound(string first, string second, bool expected) =>
        BlankAddressSpace.Overlap(Parse(first), Parse(second)).Should().Be(expected);

    [Fact]
    public void Mappings_OfThisProcess_AreInTheUsersHalfAndAscending()
    {
        List<(ulong Start, ulong End)> mappings = BlankAddressSpace.Mappings(Environment.ProcessId);
        mappings.Should().NotBeEmpty().And.OnlyContain(area => area.Start < area.End && area.End < 1UL << 57);
        mappings.Select(area => area.Start).Should().BeInAscendingOrder();
    }

    private static List<(ulong Start, ulong End)> Parse(string text) =>
    [
        .. text.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(area => area.Split('-').Select(number => Convert.ToUInt64(number, 16)).ToArray())
            .Select(area => (area[0], area[1])),
    ];
}
