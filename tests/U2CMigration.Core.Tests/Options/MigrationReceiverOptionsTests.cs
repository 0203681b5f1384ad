using System.Net;
using U2CMigration.Core.Receiving;

namespace U2CMigration.Core.Tests.Options;

public sealed class MigrationReceiverOptionsTests
{
    private static readonly MigrationReceiverOptions Valid = new() { Listen = new IPEndPoint(IPAddress.Loopback, 0), WorkDirectory = Path.Combine(Path.GetTempPath(), "u2c-options") };

    [Fact]
    public void Create_NullsWhereSomethingIsNeeded_NamesAll()
    {
        Refused(Valid with { Listen = null!, Authorize = null!, Criu = null!, WorkDirectory = null! })
            .Should().Contain("Listen is null").And.Contain("Authorize is null").And.Contain("Criu is null").And.Contain("WorkDirectory is null");
    }

    [Fact]
    public void Create_UnknownRestoreMode_NamesTheKnownOnes() =>
        Refused(Valid with { RestoreMode = (RestoreMode)77 }).Should().Contain("RestoreMode is 77").And.Contain("Auto, FirstTouch or FlatImages");

    [Theory]
    [InlineData(-1)]
    [InlineData(0.5)]
    [InlineData(1)]
    public void Create_IdleTimeoutBelowTheSignsOfLife_NamesOptionAndLimit(double seconds) =>
        Refused(Valid with { IdleTimeout = TimeSpan.FromSeconds(seconds) }).Should().Contain("IdleTimeout is").And.Contain("above 00:00:01");

    [Fact]
    public void Create_WorkDirectoryThatCannotBe_NamesItAndTheRemedy()
    {
        Action create = () => MigrationReceiver.Create(Valid with { WorkDirectory = "/proc/images" });
        create.Should().Throw<IOException>().WithMessage("WorkDirectory '/proc/images' cannot be created*Name another one*");
    }

    private static string Refused(MigrationReceiverOptions options)
    {
        Action create = () => MigrationReceiver.Create(options);
        return create.Should().Throw<ArgumentException>().Which.Message;
    }
}
