using U2CMigration.Containers.Networking.Reading;

namespace U2CMigration.Containers.Tests.Networking;

public sealed class FirewallReaderTests
{
    [Theory]
    [InlineData("table ip filter {\n\tchain INPUT {\n\t\ttype filter hook input priority filter; policy drop;\n\t\ttcp dport 80 counter packets 1 bytes 2 accept\n\t}\n}", true)]
    [InlineData("table ip filter {\n\tset s {\n\t\ttype ipv4_addr\n\t\tflags timeout\n\t\telements = { 10.0.0.1 timeout 1h expires 3s }\n\t}\n\tchain c {\n\t\tadd @s { ip saddr }\n\t}\n}", true)]
    [InlineData("table ip filter {\n\tchain INPUT {\n\t\txt match \"comment\" counter packets 0 bytes 0 accept\n\t}\n}", false)]
    [InlineData("table ip filter {\n\tchain INPUT {\n\t\tmeta l4proto tcp # xt_tcpudp\n\t}\n}", false)]
    [InlineData("include \"/etc/x\"", false)]
    [InlineData("table ip x {\n}\nflush ruleset", false)]
    public void IsPlain_Rules_OnlyWhatNftReadsAgain(string rules, bool isPlain) => FirewallReader.IsPlain(rules).Should().Be(isPlain);

    [Theory]
    [InlineData("table inet u2c-frozen-1 {\n\tchain input {\n\t}\n}\ntable inet guard {\n}\n", "table inet guard {\n}")]
    [InlineData("table inet guard {\n}\ntable inet CRIU-7 {\n\tchain input {\n\t}\n}\n", "table inet guard {\n}")]
    [InlineData("table ip u2c-mine {\n}", "table ip u2c-mine {\n}")]
    [InlineData("", "")]
    public void WithoutLocks_Rules_AreThoseOfTheContainer(string rules, string own) => FirewallReader.WithoutLocks(rules).Should().Be(own);

    [Theory]
    [InlineData("ct state established accept", true)]
    [InlineData("tcp dport 80 dnat to 10.0.0.1", true)]
    [InlineData("tcp dport 80 accept", false)]
    public void TracksConnections_Rules_SaysWhetherTheyDo(string rules, bool tracks) => FirewallReader.TracksConnections(rules).Should().Be(tracks);
}
