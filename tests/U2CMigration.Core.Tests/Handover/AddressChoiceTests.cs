using System.Net;
using U2CMigration.Core.Handover;

namespace U2CMigration.Core.Tests.Handover;

public sealed class AddressChoiceTests
{
    private static readonly IDestinationNetwork Choice = AddressHandover.AnyOf([AddressHandover.Parse("10.0.0.7/24@lo"), AddressHandover.Parse("10.0.0.8/24@lo")]);

    [Theory]
    [InlineData("10.0.0.7", "", null)]
    [InlineData("10.0.0.8", "10.0.0.7", null)]
    [InlineData("", "10.0.0.8 10.0.0.99", null)]
    [InlineData("10.0.0.9", "10.0.0.7", "*moves 10.0.0.9*10.0.0.7, 10.0.0.8*--address*")]
    [InlineData("", "", "*does not say*10.0.0.7, 10.0.0.8*--address*")]
    [InlineData("", "10.0.0.7 10.0.0.8", "*More than one*10.0.0.7, 10.0.0.8*--address*")]
    public async Task FindProblemAsync_SourceMovesAndBinds_ChoosesOrSaysWhyNot(string moving, string bound, string? problem)
    {
        string? found = await Choice.FindProblemAsync(new AddressRequest(Guid.NewGuid(), null, Addresses(moving), Addresses(bound)), default);

        if (problem is null)
        {
            found.Should().BeNull();
        }
        else
        {
            found.Should().Match(problem);
        }
    }

    [Fact]
    public async Task FindProblemAsync_OneAddressAndTheSourceMovesAnother_SaysSo()
    {
        string? found = await AddressHandover.Parse("10.0.0.7/24@lo").FindProblemAsync(new AddressRequest(Guid.NewGuid(), null, Addresses("10.0.0.9"), []), default);

        found.Should().Match("*moves 10.0.0.9*10.0.0.7*both ends*");
    }

    [Fact]
    public void AnyOf_AddressTwice_IsRefused()
    {
        Action twice = () => AddressHandover.AnyOf([AddressHandover.Parse("10.0.0.7/24@lo"), AddressHandover.Parse("10.0.0.7/16@eth0")]);

        twice.Should().Throw<ArgumentException>().WithMessage("*10.0.0.7*twice*");
    }

    private static IReadOnlyList<IPAddress> Addresses(string text) => [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(IPAddress.Parse)];
}
