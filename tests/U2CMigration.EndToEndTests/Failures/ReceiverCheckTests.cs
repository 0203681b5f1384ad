using U2CMigration.EndToEndTests.Migration;
using U2CMigration.EndToEndTests.Testbed;
using U2CMigration.Testing;

namespace U2CMigration.EndToEndTests.Failures;

/// <summary>A receiver that could take nothing says so when it starts, not when the first source comes.</summary>
[Collection<SharedRig>]
public sealed class ReceiverCheckTests(RigFixture fixture) : FailureTest(fixture)
{
    [Theory]
    [InlineData("'no-such-criu' is not on the PATH", "--criu", "no-such-criu")]
    [InlineData("There is no network device 'nosuch0' on this host; there are .*eth0", "--address", "10.77.0.100/24@nosuch0")]
    [InlineData("prefix length in .* is 33; it must be 1 to 32", "--address", "10.77.0.100/33@eth0")]
    [InlineData("'fd00::7' in .* is not an IPv4 address", "--address", "fd00::7/64@eth0")]
    [InlineData("WorkDirectory '/proc/images' cannot be created", "--work-directory", "/proc/images")]
    public async Task Receive_HostOrOptionsUnfit_IsRefusedAtOnce(string reason, params string[] options)
    {
        Requires.Testbed();
        await using RigProcess receiver = Rig.Start(
            Rig.B, [.. ProgramInHosts.Agent, "receive", "--listen", $"0.0.0.0:{Agents.Port}", "--allow-unauthenticated", "--json-lines", .. options]);

        CommandResult result = await receiver.WaitAsync(Cancellation);

        result.ExitCode.Should().NotBe(0);
        $"{result.Output}{result.Error}".Replace(@"\u0027", "'", StringComparison.Ordinal).Should().MatchRegex(reason).And.NotContain("\"ready\"");
    }

    [Fact]
    public async Task Receive_NotRoot_IsRefusedAtOnce()
    {
        Requires.Testbed();
        string receive = $"dotnet exec {ProgramInHosts.Path("MigrationAgent")} receive --listen 0.0.0.0:{Agents.Port} --allow-unauthenticated --work-directory /tmp/not-root-receiver --json-lines";
        await using RigProcess receiver = Rig.Start(Rig.B, "setpriv", "--reuid=65534", "--clear-groups", "sh", "-c", $"HOME=/tmp exec {receive}");

        CommandResult result = await receiver.WaitAsync(Cancellation);

        result.ExitCode.Should().Be(2, result.ToString());
        result.Output.Should().Contain("Receiving needs root").And.NotContain("\"ready\"");
    }
}
