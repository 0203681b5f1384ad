using System.Net;
using U2CMigration.Containers.Networking.Source;

namespace U2CMigration.Containers.Tests.Networking;

public sealed class PublishedPortsTests
{
    private const string Published = "ipv4     2 tcp      6 431999 ESTABLISHED src=192.0.2.9 dst=192.0.2.1 sport=5000 dport=8080 src=10.88.0.5 dst=192.0.2.9 sport=80 dport=5000 [ASSURED] mark=0 zone=0 use=2";
    private const string Routed = "ipv4     2 tcp      6 431999 ESTABLISHED src=192.0.2.9 dst=10.88.0.5 sport=5001 dport=80 src=10.88.0.5 dst=192.0.2.9 sport=80 dport=5001 [ASSURED] mark=0 zone=0 use=2";
    private const string OfAnother = "ipv4     2 tcp      6 431999 ESTABLISHED src=192.0.2.9 dst=192.0.2.1 sport=5002 dport=8081 src=10.88.0.6 dst=192.0.2.9 sport=80 dport=5002 [ASSURED] mark=0 zone=0 use=2";
    private const string Ended = "ipv4     2 tcp      6 10 TIME_WAIT src=192.0.2.9 dst=192.0.2.1 sport=5003 dport=8080 src=10.88.0.5 dst=192.0.2.9 sport=80 dport=5003 [ASSURED] mark=0 zone=0 use=2";

    [Fact]
    public void Count_Lines_AreThoseThatAreTranslatedToTheContainer() =>
        PublishedPorts.Count([Published, Routed, OfAnother, Ended, string.Empty, "nonsense ESTABLISHED src= dst"], [IPAddress.Parse("10.88.0.5")]).Should().Be(1);
}
