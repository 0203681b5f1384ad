using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using U2CMigration.Transport.Connections;
using U2CMigration.Transport.Security;
using U2CMigration.Transport.Tests.Infrastructure;

namespace U2CMigration.Transport.Tests.Security;

/// <summary>Two hosts with certificates of one authority, and strangers.</summary>
public sealed class CredentialFilesTests : IDisposable
{
    private const string Clients = "1.3.6.1.5.5.7.3.2";
    private const string Servers = "1.3.6.1.5.5.7.3.1";

    private readonly string _directory = Directory.CreateTempSubdirectory("credential-files-").FullName;
    private readonly X509Certificate2 _authority = Authority();

    public CredentialFilesTests() => File.WriteAllText(PathOf("ca.pem"), _authority.ExportCertificatePem());

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _authority.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact(Timeout = 30_000)]
    public async Task Connect_BothHaveCertificates_EachKnowsTheOther()
    {
        Issue("b", Servers);
        Issue("a", Clients, "urn:u2cmigration:source");

        await using var pair = await OpenAsync(Files("b").Server(), Files("a").Client("b"));

        pair.Destination.PeerIdentity!.Uris.Should().ContainSingle().Which.OriginalString.Should().Be("urn:u2cmigration:source");
        pair.Destination.PeerIdentity.DnsNames.Should().Equal("a");
        pair.Source.PeerIdentity!.DnsNames.Should().Equal("b");
        pair.Source.ServerCertificateHash.Span.SequenceEqual(pair.Destination.ServerCertificateHash.Span).Should().BeTrue();
    }

    /// <summary>Another authority, no certificate, one for servers only, the name of another host, and TLS of before.</summary>
    [Fact(Timeout = 60_000)]
    public async Task Connect_Strangers_AreRefused()
    {
        Issue("b", Servers);
        Issue("a", Clients);
        Issue("web", Servers);
        using X509Certificate2 other = Authority();
        Issue("stranger", Clients, authority: other);
        SslServerAuthenticationOptions server = Files("b").Server();

        await RefusedAsync(server, Files("stranger").Client("b"));
        await RefusedAsync(server, Files("web").Client("b"));
        await RefusedAsync(server, Files("a").Client("c"));
        await RefusedAsync(server, new SslClientAuthenticationOptions { TargetHost = "b", RemoteCertificateValidationCallback = Files("a").Client("b").RemoteCertificateValidationCallback });
        await RefusedAsync(Files("a").Server(), Files("a").Client("a"));
    }

    [Fact(Timeout = 30_000)]
    public async Task Connect_RevokedSinceTheStart_IsRefused()
    {
        Issue("b", Servers);
        X509Certificate2 stolen = Issue("a", Clients);
        Revoke();
        SslServerAuthenticationOptions server = Files("b", "crl.pem").Server();
        await using (await OpenAsync(server, Files("a").Client("b")))
        {
        }

        Revoke(stolen);

        await RefusedAsync(server, Files("a").Client("b"));
    }

    [Fact(Timeout = 30_000)]
    public async Task Connect_RevokedByTheCaller_IsRefused()
    {
        Issue("b", Servers);
        Issue("a", Clients);
        var files = new CredentialFiles(PathOf("b.pem"), PathOf("b.key"), PathOf("ca.pem")) { IsRevoked = static peer => peer.DnsNames.Contains("a") };

        await RefusedAsync(files.Server(), Files("a").Client("b"));
    }

    /// <summary>A certificate that runs out is replaced while the receiver listens.</summary>
    [Fact(Timeout = 30_000)]
    public async Task Connect_CertificateReplaced_IsUsedWithoutANewStart()
    {
        X509Certificate2 first = Issue("b", Servers);
        Issue("a", Clients);
        SslServerAuthenticationOptions server = Files("b").Server();
        X509Certificate2 second = Issue("b", Servers);
        File.SetLastWriteTimeUtc(PathOf("b.pem"), DateTime.UtcNow.AddSeconds(2));

        await using var pair = await OpenAsync(server, Files("a").Client("b"));

        pair.Source.PeerIdentity!.Certificate.SerialNumber.Should().Be(second.SerialNumber).And.NotBe(first.SerialNumber);
    }

    [Theory]
    [InlineData("not a list")]
    [InlineData("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----")]
    public void Create_ListThatIsNone_Throws(string list)
    {
        Issue("b", Servers);
        File.WriteAllText(PathOf("crl.pem"), list);

        new Action(() => Files("b", "crl.pem")).Should().Throw<CryptographicException>().WithMessage("*crl.pem*");
    }

    /// <summary>An empty list of somebody else would take every revocation back.</summary>
    [Fact]
    public void Create_ListOfSomebodyOfTheSameName_Throws()
    {
        Issue("b", Servers);
        using X509Certificate2 stranger = Authority();
        WriteList(ListOf(stranger, []));

        new Action(() => Files("b", "crl.pem")).Should().Throw<CryptographicException>().WithMessage("*crl.pem*not signed*authorities*");
    }

    [Fact]
    public void Create_ListChangedAfterItWasSigned_Throws()
    {
        X509Certificate2 stolen = Issue("b", Servers);
        byte[] list = ListOf(_authority, [stolen]);
        int serial = list.AsSpan().IndexOf(stolen.SerialNumberBytes.Span);
        list[serial + 5] ^= 1;
        WriteList(list);

        new Action(() => Files("b", "crl.pem")).Should().Throw<CryptographicException>().WithMessage("*not signed*");
    }

    [Theory]
    [InlineData("SHA256")]
    [InlineData("SHA384")]
    [InlineData("SHA512")]
    public void Create_ListOfTheAuthority_IsBelieved(string hash)
    {
        Issue("b", Servers);
        WriteList(ListOf(_authority, [], new HashAlgorithmName(hash)));

        new Action(() => Files("b", "crl.pem")).Should().NotThrow();
    }

    private static async Task RefusedAsync(SslServerAuthenticationOptions server, SslClientAuthenticationOptions client)
    {
        await using MigrationListener listener = MigrationListener.Listen(new IPEndPoint(IPAddress.Loopback, 0), ConnectionRole.Destination, Connected.Quiet with { ServerTls = server });
        Func<Task> connect = async () =>
        {
            await using MigrationConnection connection = await MigrationConnection.ConnectAsync(
                listener.LocalEndPoint, ConnectionRole.Source, Connected.Quiet with { ClientTls = client }, null, Cancellation);
        };

        await connect.Should().ThrowAsync<TransportException>();
    }

    private static async Task<ConnectedPair> OpenAsync(SslServerAuthenticationOptions server, SslClientAuthenticationOptions client)
    {
        MigrationListener listener = MigrationListener.Listen(new IPEndPoint(IPAddress.Loopback, 0), ConnectionRole.Destination, Connected.Quiet with { ServerTls = server });
        MigrationConnection source = await MigrationConnection.ConnectAsync(listener.LocalEndPoint, ConnectionRole.Source, Connected.Quiet with { ClientTls = client }, null, Cancellation);
        return new ConnectedPair(listener, source, await listener.AcceptAsync(Cancellation));
    }

    private static X509Certificate2 Authority()
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-2), DateTimeOffset.UtcNow.AddDays(2));
    }

    private X509Certificate2 Issue(string name, string usage, string? role = null, X509Certificate2? authority = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], false));
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        if (role is not null)
        {
            names.AddUri(new Uri(role));
        }

        request.CertificateExtensions.Add(names.Build());
        X509Certificate2 certificate = request.Create(authority ?? _authority, DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1), RandomNumberGenerator.GetBytes(12));
        File.WriteAllText(PathOf($"{name}.pem"), certificate.ExportCertificatePem());
        File.WriteAllText(PathOf($"{name}.key"), key.ExportPkcs8PrivateKeyPem());
        return certificate;
    }

    private void Revoke(params X509Certificate2[] certificates) => WriteList(ListOf(_authority, certificates));

    private void WriteList(byte[] list) => File.WriteAllText(PathOf("crl.pem"), PemEncoding.WriteString("X509 CRL", list));

    private static byte[] ListOf(X509Certificate2 authority, X509Certificate2[] certificates, HashAlgorithmName? hash = null)
    {
        var builder = new CertificateRevocationListBuilder();
        foreach (X509Certificate2 certificate in certificates)
        {
            builder.AddEntry(certificate);
        }

        return builder.Build(authority, 1, DateTimeOffset.UtcNow.AddDays(1), hash ?? HashAlgorithmName.SHA256);
    }

    private CredentialFiles Files(string name, string? revoked = null) => new(PathOf($"{name}.pem"), PathOf($"{name}.key"), PathOf("ca.pem"), revoked is null ? null : PathOf(revoked));

    private string PathOf(string name) => Path.Combine(_directory, name);

    private sealed class ConnectedPair(MigrationListener listener, MigrationConnection source, MigrationConnection destination) : IAsyncDisposable
    {
        public MigrationConnection Source => source;

        public MigrationConnection Destination => destination;

        public async ValueTask DisposeAsync()
        {
            await source.DisposeAsync();
            await destination.DisposeAsync();
            await listener.DisposeAsync();
        }
    }
}
