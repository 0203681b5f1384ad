using U2CMigration.Core.CarriedState.Attributes;

namespace U2CMigration.Core.Tests.CarriedState;

public sealed class ProcessorSetTests
{
    [Theory]
    [InlineData(new[] { 0, 1, 2, 3 }, "0-3")]
    [InlineData(new[] { 8, 0, 2 }, "0,2,8")]
    [InlineData(new[] { 0, 1, 5, 6, 9 }, "0-1,5-6,9")]
    public void Format_Processors_CanBeParsedAgain(int[] processors, string text)
    {
        ProcessorSet.Format(processors).Should().Be(text);
        ProcessorSet.Parse(text).Should().BeEquivalentTo(processors);
    }

    [Theory]
    [InlineData("3-1")]
    [InlineData("x")]
    [InlineData("0-99999999")]
    public void Parse_SomethingElse_IsRefused(string text) => FluentActions.Invoking(() => ProcessorSet.Parse(text)).Should().Throw<FormatException>();

    [Theory]
    [InlineData(new[] { 1, 3 }, new[] { 0, 1, 2, 3 }, new[] { 1, 3 })]
    [InlineData(new[] { 6, 7 }, new[] { 0, 1, 2, 3 }, new[] { 2, 3 })]
    [InlineData(new[] { 1, 5 }, new[] { 0, 1 }, new[] { 1 })]
    [InlineData(new[] { 0 }, new[] { 4, 6 }, new[] { 4 })]
    public void Map_ProcessorsOfAnotherHost_GivesOnesOfThisHost(int[] wanted, int[] here, int[] expected) => ProcessorSet.Map(wanted, here).Should().Equal(expected);
}
