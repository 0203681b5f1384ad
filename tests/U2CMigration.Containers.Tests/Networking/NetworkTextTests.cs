using U2CMigration.Containers.Networking.Model;
using U2CMigration.Core.Owners;

namespace U2CMigration.Containers.Tests.Networking;

public sealed class NetworkTextTests
{
    [Theory]
    [InlineData(10)]
    [InlineData(10_000)]
    public void Parse_WhatWasWritten_IsTheSame(int length)
    {
        NetworkState state = Networks.State with { Firewall = string.Concat(Enumerable.Repeat("\u00e4 \"quoted\"\n", length)) };
        var tree = new TreeDescription("crun", "web") { Properties = NetworkText.ToProperties(state).ToDictionary() };

        NetworkState parsed = NetworkText.Parse(tree)!;

        parsed.Should().BeEquivalentTo(state, static options => options.ComparingByMembers<NetworkState>().ComparingByMembers<NetworkLink>());
        tree.Properties.Values.Should().OnlyContain(static text => text.Length <= 4000 && text.All(char.IsAscii));
    }

    [Fact]
    public void Parse_NoNetwork_IsNull() => NetworkText.Parse(new TreeDescription("crun", "web")).Should().BeNull();

    [Fact]
    public void Parse_Nonsense_SaysSo()
    {
        var tree = new TreeDescription("crun", "web") { Properties = new Dictionary<string, string> { ["network.0"] = "{\"Links\": 7" } };

        FluentActions.Invoking(() => NetworkText.Parse(tree)).Should().Throw<IOException>().WithMessage("*makes no sense*");
    }

    [Fact]
    public void ToProperties_TooLong_SaysWhatHelps() =>
        FluentActions.Invoking(() => NetworkText.ToProperties(Networks.State with { Firewall = new string('x', 400_000) }).Count()).Should().Throw<IOException>().WithMessage("*packet filter shorter*");
}
