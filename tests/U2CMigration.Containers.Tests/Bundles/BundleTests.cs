namespace U2CMigration.Containers.Tests.Bundles;

public sealed class BundleTests
{
    private const string Configuration = """
        {"root": {"path": "rootfs"}, "hostname": "web", "process": {"args": ["a"]},
         "mounts": [{"destination": "/data", "type": "bind", "source": "/srv/a", "options": ["rbind", "rw"]}, {"destination": "/etc/x", "source": "x", "options": ["bind", "ro"]}, {"destination": "/proc", "type": "proc", "source": "proc"}],
         "linux": {"namespaces": [{"type": "pid"}, {"type": "network", "path": "/run/netns/web"}]}}
        """;

    [Fact]
    public void Read_Configuration_KnowsWhatMatters()
    {
        using var directory = new TemporaryBundle(Configuration);

        var bundle = directory.Read();

        bundle.RootFileSystem.Should().Be(Path.Combine(directory.Location, "rootfs"));
        bundle.IsRootWritable.Should().BeTrue();
        bundle.HasTerminal.Should().BeFalse();
        bundle.HasHooks.Should().BeFalse();
        bundle.Namespace("pid").Should().BeEmpty();
        bundle.Namespace("network").Should().Be("/run/netns/web");
        bundle.Namespace("user").Should().BeNull();
        bundle.Binds.Should().Equal(("/data", "/srv/a", true), ("/etc/x", Path.Combine(directory.Location, "x"), false));
    }

    [Theory]
    [InlineData("\"path\": \"rootfs\"", "\"path\": \"/elsewhere\"", true)]
    [InlineData("/srv/a", "/srv/b", true)]
    [InlineData("/run/netns/web", "/run/netns/other", true)]
    [InlineData(", {\"type\": \"network\", \"path\": \"/run/netns/web\"}", "", false)]
    [InlineData("\"args\": [\"a\"]", "\"args\": [\"b\"]", false)]
    [InlineData("\"destination\": \"/data\"", "\"destination\": \"/other\"", false)]
    [InlineData("\"ro\"", "\"rw\"", false)]
    public void Fingerprint_OtherConfiguration_IsTheSameOnlyWhereThePlacesOnTheHostDiffer(string old, string changed, bool isSame)
    {
        using var first = new TemporaryBundle(Configuration);
        using var second = new TemporaryBundle(Configuration.Replace(old, changed, StringComparison.Ordinal));

        (second.Read().Fingerprint() == first.Read().Fingerprint()).Should().Be(isSame);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("[]")]
    public void Read_NoConfiguration_SaysWhichFile(string text)
    {
        using var directory = new TemporaryBundle(text);

        directory.Invoking(static one => one.Read()).Should().Throw<IOException>().WithMessage($"*{directory.Location}/config.json*");
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("{\"mounts\": 7, \"linux\": {\"namespaces\": [3]}, \"root\": {\"path\": 1}}")]
    public void Read_StrangeConfiguration_HasNothing(string text)
    {
        using var directory = new TemporaryBundle(text);

        directory.Invoking(static one =>
        {
            var bundle = one.Read();
            return (bundle.Namespace("pid"), bundle.Binds.Count(), bundle.HasTerminal, bundle.Fingerprint(), bundle.RootFileSystem);
        }).Should().NotThrow();
    }
}
