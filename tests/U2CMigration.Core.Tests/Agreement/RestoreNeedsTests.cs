using U2CMigration.Core.Agreement;
using U2CMigration.Core.Destination;
using U2CMigration.Core.Sessions;
using U2CMigration.Criu.Configuration;
using U2CMigration.Criu.Options;
using U2CMigration.Transport.Messages;

namespace U2CMigration.Core.Tests.Agreement;

public sealed class RestoreNeedsTests
{
    private static readonly CriuSettings Everything = new()
    {
        TcpClose = true,
        ExternalUnixSockets = true,
        LinkRemap = true,
        EmptyNetworkNamespace = true,
        Cgroups = new CriuCgroupSettings { Mode = CriuCgroupMode.Full },
        Mounts = new CriuMountSettings
        {
            Root = "/srv/b=ox",
            External = [new CriuExternalMount("/data", "/srv/da=ta"), new CriuExternalMount("/etc/hosts")],
            AutoExternal = true,
            Skip = ["/tmp/x"],
            FileSystems = ["zfs"],
            CompatibilityMode = true,
        },
    };

    /// <summary>A destination of before takes what it took before.</summary>
    [Fact]
    public void ToRequirements_Defaults_AreNone() => RestoreNeeds.Of(new CriuSettings()).ToRequirements().Should().BeEmpty();

    [Fact]
    public void Parse_WhatWasSent_IsTheSame()
    {
        var sent = RestoreNeeds.Of(Everything);
        var got = RestoreNeeds.Parse([Offer.PagesToPlace, .. sent.ToRequirements()], out string? unknown);

        unknown.Should().BeNull();
        got.Should().BeEquivalentTo(sent, options => options.Excluding(needs => needs.ExternalMounts));
        got.ExternalMounts.Should().Equal(new CriuExternalMount("/data", "/srv/da=ta"), new CriuExternalMount("/etc/hosts", "/etc/hosts"));
    }

    [Theory]
    [InlineData("restore-with:moonlight")]
    [InlineData("restore-with:moonlight=yes")]
    [InlineData("restore-with:cgroups=Sideways")]
    [InlineData("restore-with:external-mount=/data")]
    public void Parse_NeedThatIsNotKnown_IsNamed(string requirement)
    {
        RestoreNeeds.Parse([requirement], out string? unknown);
        unknown.Should().Be(requirement);
    }

    [Fact]
    public void Parse_OtherRequirements_ArePassedOver()
    {
        RestoreNeeds.Parse(["pages-to-place", "something-else"], out string? unknown);
        unknown.Should().BeNull();
    }

    [Fact]
    public void RestoreOptions_SourceTold_IsDoneWithoutSettingsHere()
    {
        CriuRestoreOptions options = Restore(new CriuSettings(), RestoreNeeds.Of(Everything));

        (options.TcpClose, options.TcpEstablished, options.ExternalUnixSockets, options.LinkRemap, options.AutoExternalMounts, options.MountCompatibilityMode, options.EmptyNetworkNamespace)
            .Should().Be((true, false, true, true, true, true, true));
        (options.Root, options.CgroupMode).Should().Be(("/srv/b=ox", CriuCgroupMode.Full));
        options.External.Should().Equal("mnt[/data]:/srv/da=ta", "mnt[/etc/hosts]:/etc/hosts");
        options.SkipMounts.Should().Equal("/tmp/x");
        options.EnableFileSystems.Should().Equal("zfs");
    }

    [Fact]
    public void RestoreOptions_SettingsHere_TakeThePlaceOfWhatTheSourceTold()
    {
        var here = new CriuSettings
        {
            Cgroups = new CriuCgroupSettings { Mode = CriuCgroupMode.Soft },
            Mounts = new CriuMountSettings { Root = "/here", External = [new CriuExternalMount("/data", "/mnt/data")] },
        };
        CriuRestoreOptions options = Restore(here, RestoreNeeds.Of(Everything));

        (options.Root, options.CgroupMode).Should().Be(("/here", CriuCgroupMode.Soft));
        options.External.Should().Equal("mnt[/data]:/mnt/data", "mnt[/etc/hosts]:/etc/hosts");
    }

    [Fact]
    public void RestoreOptions_OwnGroup_IsNotLeftByTheSourcesGroups() =>
        Restore(new CriuSettings(), RestoreNeeds.Of(Everything), hasOwnGroup: true).CgroupMode.Should().Be(CriuCgroupMode.Ignore);

    [Fact]
    public void RestoreOptions_GroupsInCriusConfiguration_AreNotOverwritten()
    {
        var configuration = CriuConfiguration.Parse(["manage-cgroups soft"]);
        RestoreOptions.For(new CriuSettings(), new RestoreNeeds(), configuration, hasOwnGroup: false, "/images").CgroupMode.Should().Be(CriuCgroupMode.CriuDefault);
    }

    [Fact]
    public void RestoreOptions_Validation_ComesBeforeTheCallersLines() =>
        Restore(new CriuSettings { FileValidation = CriuFileValidation.Size, RawOptions = ["allow-uprobes"] }, new RestoreNeeds()).RawOptions
            .Should().Equal("file-validation filesize", "allow-uprobes");

    private static CriuRestoreOptions Restore(CriuSettings settings, RestoreNeeds needs, bool hasOwnGroup = false) =>
        RestoreOptions.For(settings, needs, CriuConfiguration.Parse([]), hasOwnGroup, "/images");
}
