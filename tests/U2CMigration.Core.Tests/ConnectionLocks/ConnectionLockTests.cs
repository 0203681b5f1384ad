using System.Net;
using U2CMigration.Core.ConnectionLocks;

namespace U2CMigration.Core.Tests.ConnectionLocks;

public sealed class ConnectionLockTests
{
    [Fact]
    public void RulesFor_BothFamilies_DropsEachConnectionInBothDirections()
    {
        string rules = ConnectionLock.RulesFor("t", [
            (IPEndPoint.Parse("10.0.0.1:80"), IPEndPoint.Parse("10.0.0.2:5000")),
            (IPEndPoint.Parse("[2001:db8::1]:80"), IPEndPoint.Parse("[2001:db8::2]:5001")),
        ]);

        string[] parts = rules.Split("hook output");
        parts[0].Should().Contain("ip saddr . tcp sport . ip daddr . tcp dport { 10.0.0.2 . 5000 . 10.0.0.1 . 80 } drop").And.Contain("{ 2001:db8::2 . 5001 . 2001:db8::1 . 80 } drop");
        parts[1].Should().Contain("{ 10.0.0.1 . 80 . 10.0.0.2 . 5000 } drop").And.Contain("ip6 saddr . tcp sport . ip6 daddr . tcp dport { 2001:db8::1 . 80 . 2001:db8::2 . 5001 } drop");
    }

    [Fact]
    public void RulesFor_OneFamily_HasNoEmptySet() =>
        ConnectionLock.RulesFor("t", [(IPEndPoint.Parse("10.0.0.1:80"), IPEndPoint.Parse("10.0.0.2:5000"))]).Should().NotContain("ip6");
}
