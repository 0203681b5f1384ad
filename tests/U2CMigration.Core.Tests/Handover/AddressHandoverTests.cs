using System.Net;
using U2CMigration.Core.Handover;

namespace U2CMigration.Core.Tests.Handover;

public sealed class AddressHandoverTests
{
    [Theory]
    [InlineData("10.0.0.7")]
    [InlineData("10.0.0.7/24")]
    [InlineData("10.0.0.7@eth0")]
    [InlineData("ten/24@eth0")]
    [InlineData("10.0.0.7/x@eth0")]
    public void Parse_OtherForm_SaysTheForm(string text)
    {
        Action parse = () => AddressHandover.Parse(text);

        parse.Should().Throw<FormatException>().WithMessage($"*'{text}'*ADDRESS/PREFIX@DEVICE*");
    }

    [Theory]
    [InlineData("10.0.0.7/33@eth0", "prefix length*33*1 to 32")]
    [InlineData("10.0.0.7/0@eth0", "prefix length*0*1 to 32")]
    [InlineData("fd00::7/64@eth0", "'fd00::7'*not an IPv4 address*handover of your own")]
    [InlineData("10.0.0.7/24@", "ADDRESS/PREFIX@DEVICE")]
    public void Parse_ValueOutOfRange_SaysTheRange(string text, string what)
    {
        Action parse = () => AddressHandover.Parse(text);

        parse.Should().Throw<FormatException>().WithMessage($"*{what}*");
    }

    [Fact]
    public void Constructor_IPv6_IsRefusedWithARemedy()
    {
        Action create = () => _ = new AddressHandover(IPAddress.Parse("fd00::1"), 24, "eth0");

        create.Should().Throw<ArgumentException>().WithMessage("*fd00::1*IPv4*own handover*");
    }

    [Fact]
    public async Task ReadyAsync_UnknownDevice_NamesIt()
    {
        Func<Task> ready = async () => await AddressHandover.Parse("10.0.0.7/24@nosuch0").ReadyAsync(default);

        await ready.Should().ThrowAsync<IOException>().WithMessage("*'nosuch0'*");
    }
}
