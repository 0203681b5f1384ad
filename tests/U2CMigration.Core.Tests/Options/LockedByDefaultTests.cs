using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using U2CMigration.Core.Receiving;
using U2CMigration.Core.Sessions;
using U2CMigration.Core.Trust;

namespace U2CMigration.Core.Tests.Options;

/// <summary>Options by which somebody could be trusted who has proven nothing.</summary>
public sealed class LockedByDefaultTests
{
    private static readonly SslServerAuthenticationOptions Server = new() { ClientCertificateRequired = true, ServerCertificateSelectionCallback = static (_, _) => null! };
    private static readonly SslClientAuthenticationOptions Client = new() { LocalCertificateSelectionCallback = static (_, _, _, _, _) => null! };

    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("127.9.9.9", true)]
    [InlineData("::1", true)]
    [InlineData("::ffff:127.0.0.1", true)]
    [InlineData("0.0.0.0", false)]
    [InlineData("::", false)]
    [InlineData("10.0.0.1", false)]
    [InlineData("::ffff:10.0.0.1", false)]
    public void Validate_NothingProven_OnlyThisHostIsReached(string address, bool isGood)
    {
        var endPoint = new IPEndPoint(IPAddress.Parse(address), 9410);
        var receiver = new MigrationReceiverOptions { Listen = endPoint };
        var session = new MigrationSessionOptions { Destination = endPoint };

        Judge(receiver.Validate, isGood, "AllowUnauthenticated (agent: --allow-unauthenticated)");
        Judge(session.Validate, isGood, "AllowUnauthenticated (agent: --allow-unauthenticated)");
        (receiver with { AllowUnauthenticated = true }).Validate();
        (receiver with { RequireSecret = true }).Validate();
        (receiver with { Credentials = Server }).Validate();
        (session with { AllowUnauthenticated = true }).Validate();
        (session with { Secret = MigrationSecret.Create() }).Validate();
        (session with { Credentials = Client }).Validate();
    }

    [Theory]
    [InlineData("localhost", true)]
    [InlineData("host-b", false)]
    [InlineData("localhost.example.org", false)]
    public void Validate_NameOfADestination_IsThisHostOnlyAsLocalhost(string host, bool isGood) =>
        Judge(new MigrationSessionOptions { Destination = new DnsEndPoint(host, 9410) }.Validate, isGood, $"{host}:9410");

    [Fact]
    public void Validate_CredentialsThatAskForNoCertificate_AreRefused()
    {
        var open = new SslServerAuthenticationOptions { ServerCertificateSelectionCallback = static (_, _) => null! };
        Judge(Receiver(open), false, "Credentials.ClientCertificateRequired");
        Judge(Receiver(new SslServerAuthenticationOptions { ClientCertificateRequired = true }), false, "Credentials.ServerCertificate");
        Judge(Session(new SslClientAuthenticationOptions()), false, "Credentials.ClientCertificates");
    }

    [Theory]
    [InlineData(SslProtocols.None, true)]
    [InlineData(SslProtocols.Tls13, true)]
    [InlineData(SslProtocols.Tls12, false)]
    public void Validate_OlderTls_IsRefused(SslProtocols protocols, bool isGood)
    {
        Judge(Receiver(new SslServerAuthenticationOptions { ClientCertificateRequired = true, ServerCertificateSelectionCallback = static (_, _) => null!, EnabledSslProtocols = protocols }), isGood, "TLS 1.3");
        Judge(Session(new SslClientAuthenticationOptions { LocalCertificateSelectionCallback = static (_, _, _, _, _) => null!, EnabledSslProtocols = protocols }), isGood, "TLS 1.3");
    }

    private static Action Receiver(SslServerAuthenticationOptions credentials) => new MigrationReceiverOptions { Listen = new IPEndPoint(IPAddress.Any, 1), Credentials = credentials }.Validate;

    private static Action Session(SslClientAuthenticationOptions credentials) => new MigrationSessionOptions { Destination = new DnsEndPoint("host-b", 1), Credentials = credentials }.Validate;

    private static void Judge(Action validate, bool isGood, string sentence)
    {
        if (isGood)
        {
            validate.Should().NotThrow();
        }
        else
        {
            validate.Should().Throw<ArgumentException>().WithMessage($"*{sentence}*");
        }
    }
}
