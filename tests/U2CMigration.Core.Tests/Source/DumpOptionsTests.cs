using U2CMigration.Core.Preflight;
using U2CMigration.Core.Sessions;
using U2CMigration.Core.Source;
using U2CMigration.Criu.Configuration;
using U2CMigration.Criu.Options;

namespace U2CMigration.Core.Tests.Source;

public sealed class DumpOptionsTests
{
    private const long MiB = 1 << 20;
    private static readonly CriuConfiguration Silent = CriuConfiguration.Parse([]);

    [Fact]
    public void For_Defaults_SuitAService()
    {
        CriuDumpOptions options = Dump(new CriuSettings(), Silent);
        (options.TcpEstablished, options.TcpSkipInFlight, options.ShellJob, options.FileLocks, options.GhostFileLimitBytes, options.CgroupMode)
            .Should().Be((true, true, true, true, 512 * MiB, CriuCgroupMode.Ignore));
    }

    [Fact]
    public void For_TcpClose_TakesThePlaceOfMovingConnections()
    {
        CriuDumpOptions options = Dump(new CriuSettings { TcpClose = true }, Silent);
        (options.TcpClose, options.TcpEstablished).Should().Be((true, false));
    }

    [Fact]
    public void For_ExternalMounts_ArePutInFrontOfOtherResources() =>
        Dump(new CriuSettings { External = ["net[4026531840]:extNet"], Mounts = new CriuMountSettings { External = [new CriuExternalMount("/data", "/srv/data")] } }, Silent)
            .External.Should().Equal("mnt[/data]:/data", "net[4026531840]:extNet");

    [Fact]
    public void For_CriusConfiguration_KeepsItsSay()
    {
        CriuDumpOptions options = Dump(new CriuSettings(), CriuConfiguration.Parse(["ghost-limit 8M", "manage-cgroups full"]));
        (options.GhostFileLimitBytes, options.CgroupMode).Should().Be((0, CriuCgroupMode.CriuDefault));
    }

    [Theory]
    [InlineData(0, null, null, 512 * MiB)]
    [InlineData(3 * MiB, null, null, 3 * MiB)]
    [InlineData(0, "ghost-limit 8M", null, 8 * MiB)]
    [InlineData(3 * MiB, "ghost-limit 8M", null, 3 * MiB)]
    [InlineData(3 * MiB, "ghost-limit 8M", "--ghost-limit=5M", 5 * MiB)]
    [InlineData(0, null, "ghost-limit 8G", 8192 * MiB)]
    public void InForce_SettingsConfigurationAndRawOptions_LastOneCounts(long setting, string? configured, string? raw, long expected)
    {
        var settings = new CriuSettings { DeletedFileLimitBytes = setting, RawOptions = raw is null ? [] : [raw] };
        DeletedFileLimit.InForce(settings, CriuConfiguration.Parse(configured is null ? [] : [configured])).Should().Be(expected);
    }

    private static CriuDumpOptions Dump(CriuSettings settings, CriuConfiguration configuration) => DumpOptions.For(settings, configuration, 5, "/images");
}
