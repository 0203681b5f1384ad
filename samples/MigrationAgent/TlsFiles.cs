using System.CommandLine;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace MigrationAgent;

/// <summary>Mutual TLS from three PEM files: who this is, its key, and whom to believe.</summary>
public sealed class TlsFiles
{
    private readonly Option<FileInfo> _certificate = new Option<FileInfo>("--cert") { Description = "Certificate of this host, PEM. With --key and --ca: both ends prove who they are and the memory travels encrypted." }.AcceptExistingOnly();
    private readonly Option<FileInfo> _key = new Option<FileInfo>("--key") { Description = "Its private key, PEM." }.AcceptExistingOnly();
    private readonly Option<FileInfo> _authority = new Option<FileInfo>("--ca") { Description = "The authority that signed the other host's certificate, PEM." }.AcceptExistingOnly();

    /// <summary>The options, of which <paramref name="command"/> is to have all or none.</summary>
    public IReadOnlyList<Option> AddTo(Command command)
    {
        command.Validators.Add(result =>
        {
            int given = new[] { _certificate, _key, _authority }.Count(option => result.GetResult(option) is { Implicit: false });
            if (given is 1 or 2)
            {
                result.AddError("--cert, --key and --ca belong together: give all three, or none for plain TCP.");
            }
        });
        return [_certificate, _key, _authority];
    }

    public SslServerAuthenticationOptions? Server(ParseResult parsed) => parsed.GetValue(_certificate) is null
        ? null
        : new SslServerAuthenticationOptions { ServerCertificate = Identity(parsed), ClientCertificateRequired = true, CertificateChainPolicy = Trust(parsed) };

    public SslClientAuthenticationOptions? Client(ParseResult parsed, string serverName) => parsed.GetValue(_certificate) is null
        ? null
        : new SslClientAuthenticationOptions { TargetHost = serverName, ClientCertificates = [Identity(parsed)], CertificateChainPolicy = Trust(parsed) };

    private X509Certificate2 Identity(ParseResult parsed) =>
        X509Certificate2.CreateFromPemFile(parsed.GetValue(_certificate)!.FullName, parsed.GetValue(_key)!.FullName);

    private X509ChainPolicy Trust(ParseResult parsed)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.ImportFromPemFile(parsed.GetValue(_authority)!.FullName);
        return policy;
    }
}
