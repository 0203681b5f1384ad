using System.Net;
using U2CMigration.Core.Sessions;
using U2CMigration.PageTracking.Trackers;

namespace U2CMigration.Core.Tests.Options;

public sealed class MigrationSessionOptionsTests
{
    private static readonly MigrationSessionOptions Valid = new() { Destination = new DnsEndPoint("host-b", 9410), AllowUnauthenticated = true };

    [Fact]
    public void Create_NullsWhereSomethingIsNeeded_NamesAll()
    {
        Refused(Valid with { Destination = null!, Strategy = null!, Codec = null!, Criu = null!, WorkDirectory = null! })
            .Should().Contain("Destination is null").And.Contain("Strategy is null").And.Contain("Codec is null").And.Contain("Criu is null").And.Contain("WorkDirectory is null");
    }

    [Fact]
    public void Create_UnknownTracker_NamesTheKnownOnes() =>
        Refused(Valid with { Tracker = (TrackerKind)42 }).Should().Contain("Tracker is 42").And.Contain("Auto").And.Contain("ContentHash");

    private static string Refused(MigrationSessionOptions options)
    {
        Action create = () => MigrationSession.Create(MigrationTarget.Process(1), options);
        return create.Should().Throw<ArgumentException>().Which.Message;
    }
}
