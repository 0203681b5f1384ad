using U2CMigration.Criu.Rpc;

namespace U2CMigration.Criu.Tests.Rpc;

public sealed class NetworkLockTablesTests
{
    private const string RunId = "e7b5aa30-1628-416a-ad11-0123456789ab";

    [Theory]
    [InlineData("CRIU-e7b5aa30-1628-416a-ad11-0123456789ab")]
    [InlineData("CRIU-e7b5aa30-1628-416a-ad")]
    public void Belongs_TableOfTheRunWholeOrCutOff_IsTrue(string table) => NetworkLockTables.Belongs(table, RunId).Should().BeTrue();

    [Theory]
    [InlineData("CRIU-11dd7546-6dcc-4c13-a2")]
    [InlineData("CRIU-e7b5aa30")]
    [InlineData("CRIU-")]
    [InlineData("firewall")]
    [InlineData("")]
    public void Belongs_AnotherTable_IsFalse(string table) => NetworkLockTables.Belongs(table, RunId).Should().BeFalse();
}
