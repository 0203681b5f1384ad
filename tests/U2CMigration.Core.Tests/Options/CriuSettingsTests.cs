using System.Net;
using U2CMigration.Core.Receiving;
using U2CMigration.Core.Sessions;
using U2CMigration.Criu.Options;

namespace U2CMigration.Core.Tests.Options;

public sealed class CriuSettingsTests
{
    private static readonly CriuSettings Default = new();

    public static TheoryData<CriuSettings, string> WrongOnTheSource() => new()
    {
        { Default with { LogLevel = 5 }, "Criu.LogLevel is 5; it must be 0 to 4." },
        { Default with { Path = "" }, "Criu.Path is empty" },
        { Default with { DeletedFileLimitBytes = -1 }, "Criu.DeletedFileLimitBytes is -1; it must be 0" },
        { Default with { DeletedFileLimitBytes = 1L << 32 }, "put 'ghost-limit 8G' into RawOptions" },
        { Default with { InodeMapPaths = ["/srv"] }, "InodeMapPaths has no effect without ForceInodeMap" },
        { Default with { ForceInodeMap = true, InodeMapPaths = ["srv"] }, "no absolute path" },
        { Default with { External = ["net"] }, "KIND[KEY]:VALUE" },
        { Default with { RawOptions = ["--lazy-pages"] }, "RawOptions has '--lazy-pages', which this library decides itself; leave it out." },
        { Default with { RawOptions = ["a\nb"] }, "more than one line" },
        { Default with { Mounts = new CriuMountSettings { Root = "srv" } }, "Criu.Mounts.Root is 'srv'; it must be an absolute path." },
        { Default with { Mounts = new CriuMountSettings { External = [new CriuExternalMount("data")] } }, "Mounts.External has the mount point 'data'" },
        { Default with { Mounts = new CriuMountSettings { External = [new CriuExternalMount("/da]ta")] } }, "without '[', ']' and '='" },
        { Default with { Mounts = new CriuMountSettings { External = [new CriuExternalMount("/data", "here")] } }, "has the host path 'here'" },
        { Default with { Mounts = new CriuMountSettings { External = [.. Enumerable.Repeat(new CriuExternalMount("/data"), 101)] } }, "101, 0 and 0 entries; the limit is 100" },
        { Default with { Mounts = new CriuMountSettings { Skip = ["x"] } }, "Mounts.Skip has an entry that is no absolute path" },
        { Default with { Mounts = new CriuMountSettings { FileSystems = [" "] } }, "Mounts.FileSystems has an empty entry" },
        { Default with { Mounts = new CriuMountSettings { LsmContext = "x" } }, "Mounts.LsmContext has no effect here: it is for the destination" },
        { Default with { Cgroups = new CriuCgroupSettings { Mode = (CriuCgroupMode)9 } }, "Cgroups.Mode is 9" },
        { Default with { JoinNamespaces = [new CriuJoinNamespace("net", "/run/netns/web")] }, "Set it in MigrationReceiverOptions.Criu there" },
        { Default with { LsmProfile = "apparmor:x" }, "LsmProfile has no effect here" },
        { Default with { FileValidation = CriuFileValidation.Size }, "FileValidation has no effect here" },
    };

    public static TheoryData<CriuSettings, string> WrongOnTheDestination() => new()
    {
        { Default with { LogLevel = -1 }, "Criu.LogLevel is -1" },
        { Default with { DeletedFileLimitBytes = 5 }, "DeletedFileLimitBytes has no effect here: it is for the source. Set it in MigrationSessionOptions.Criu there" },
        { Default with { ForceInodeMap = true }, "ForceInodeMap has no effect here" },
        { Default with { JoinNamespaces = [new CriuJoinNamespace("net", "")] }, "JoinNamespaces has an entry without a kind or path" },
        { Default with { InheritedFiles = [default] }, "InheritedFiles has" },
        { Default with { Cgroups = new CriuCgroupSettings { Mode = CriuCgroupMode.Soft, Roots = [new CriuCgroupRoot("", "machines")] } }, "Cgroups.Roots has a path that does not begin with '/'" },
        { Default with { Cgroups = new CriuCgroupSettings { Mode = CriuCgroupMode.Soft, Yard = "x" } }, "Cgroups.Yard is 'x'" },
    };

    [Theory]
    [MemberData(nameof(WrongOnTheSource))]
    public void Validate_WrongOnTheSource_IsNamedWithTheRemedy(CriuSettings settings, string expected)
    {
        Action act = (new MigrationSessionOptions { Destination = new IPEndPoint(IPAddress.Loopback, 1) } with { Criu = settings }).Validate;
        act.Should().Throw<ArgumentException>().Which.Message.Should().Contain(expected);
    }

    [Theory]
    [MemberData(nameof(WrongOnTheDestination))]
    public void Validate_WrongOnTheDestination_IsNamedWithTheRemedy(CriuSettings settings, string expected)
    {
        Action act = (new MigrationReceiverOptions { Listen = new IPEndPoint(IPAddress.Loopback, 1) } with { Criu = settings }).Validate;
        act.Should().Throw<ArgumentException>().Which.Message.Should().Contain(expected);
    }

    [Fact]
    public void Validate_Defaults_AreRightAtBothEnds()
    {
        new MigrationSessionOptions { Destination = new IPEndPoint(IPAddress.Loopback, 1) }.Validate();
        new MigrationReceiverOptions { Listen = new IPEndPoint(IPAddress.Loopback, 1) }.Validate();
    }
}
