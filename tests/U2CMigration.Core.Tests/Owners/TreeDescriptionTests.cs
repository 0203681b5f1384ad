using U2CMigration.Core.Owners;
using U2CMigration.Transport.Messages;

namespace U2CMigration.Core.Tests.Owners;

public sealed class TreeDescriptionTests
{
    [Fact]
    public void Parse_WhatWasWritten_IsTheSame()
    {
        var tree = new TreeDescription("crun", "web=1") { Properties = new Dictionary<string, string> { ["bundle"] = "/srv/a=b", ["descriptors"] = "[\"/dev/null\"]" } };

        TreeDescription? read = TreeDescription.Parse([Offer.PagesToPlace, .. tree.ToRequirements()]);

        read!.Kind.Should().Be("crun");
        read.Name.Should().Be("web=1");
        read.Properties.Should().Equal(tree.Properties);
        read.Property("bundle").Should().Be("/srv/a=b");
        read.Property("missing").Should().BeEmpty();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Parse_OwnNetwork_IsTheSame(bool hasOwnNetwork) =>
        TreeDescription.Parse((new TreeDescription("crun", "web") { HasOwnNetwork = hasOwnNetwork }).ToRequirements())!.HasOwnNetwork.Should().Be(hasOwnNetwork);

    [Fact]
    public void Parse_PlainProcessTree_HasNone() => TreeDescription.Parse([Offer.PagesToPlace]).Should().BeNull();
}
