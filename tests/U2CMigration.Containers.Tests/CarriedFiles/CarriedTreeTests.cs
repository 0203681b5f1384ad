using U2CMigration.Containers.CarriedFiles;
using U2CMigration.Core.Owners;
using U2CMigration.Files;

namespace U2CMigration.Containers.Tests.CarriedFiles;

/// <summary>How a source names the trees that travel; a destination believes nothing of it.</summary>
public sealed class CarriedTreeTests
{
    [Fact]
    public void Of_WhatWasDescribed_IsTheSame()
    {
        CarriedTree[] trees = [new("/", FileTreeKind.OverlayUpper, "boot:1:2:3"), new("/with space", FileTreeKind.Directory, "boot:1:2:4")];
        var tree = new TreeDescription("crun", "web") { Properties = trees.Index().ToDictionary(static one => CarriedTree.Key(one.Index), static one => one.Item.ToProperty()) };

        CarriedTree.Of(tree).Should().Equal(trees);
    }

    [Theory]
    [InlineData("Directory boot")]
    [InlineData("Directory boot data")]
    [InlineData("Nonsense boot /data")]
    [InlineData("7 boot /data")]
    [InlineData("")]
    public void Of_WhatMakesNoSense_IsRefusedOrNotThere(string property)
    {
        var tree = new TreeDescription("crun", "web") { Properties = new Dictionary<string, string> { [CarriedTree.Key(0)] = property } };

        Func<IReadOnlyList<CarriedTree>> reading = () => CarriedTree.Of(tree);

        if (property.Length == 0)
        {
            reading().Should().BeEmpty();
        }
        else
        {
            reading.Should().Throw<IOException>();
        }
    }

    [Fact]
    public void Of_TheSameTwice_IsRefused()
    {
        string property = new CarriedTree("/data", FileTreeKind.Directory, "boot:1:2:3").ToProperty();
        var tree = new TreeDescription("crun", "web") { Properties = new Dictionary<string, string> { [CarriedTree.Key(0)] = property, [CarriedTree.Key(1)] = property } };

        new Func<IReadOnlyList<CarriedTree>>(() => CarriedTree.Of(tree)).Should().Throw<IOException>();
    }

    /// <summary>A source may name any path; only those that the bundle here mounts are places for files.</summary>
    [Theory]
    [InlineData("/etc")]
    [InlineData("/data/../../../etc")]
    [InlineData("/data/inner")]
    public void PathOf_NoMountOfTheBundle_IsRefused(string name)
    {
        using var directory = new Bundles.TemporaryBundle("{\"root\": {\"path\": \"rootfs\"}, \"mounts\": [{\"destination\": \"/data\", \"type\": \"bind\", \"source\": \"/srv/data\"}]}");

        new Func<string>(() => ArrivingTrees.PathOf(directory.Read(), new CarriedTree(name, FileTreeKind.Directory, "-"))).Should().Throw<IOException>().WithMessage($"*{name}*");
        ArrivingTrees.PathOf(directory.Read(), new CarriedTree("/data", FileTreeKind.Directory, "-")).Should().Be("/srv/data");
    }
}
