using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace U2CMigration.Transport.Security;

/// <summary>The options of a caller as they are used: TLS 1.3 and nothing older, and no session taken up again, which would pass by a revocation.</summary>
internal static class StrictTls
{
    public static SslServerAuthenticationOptions Of(SslServerAuthenticationOptions options) => new()
    {
        AllowRenegotiation = false,
        AllowTlsResume = false,
        ApplicationProtocols = options.ApplicationProtocols,
        CertificateChainPolicy = options.CertificateChainPolicy,
        CertificateRevocationCheckMode = options.CertificateRevocationCheckMode,
        CipherSuitesPolicy = options.CipherSuitesPolicy,
        ClientCertificateRequired = options.ClientCertificateRequired,
        EnabledSslProtocols = SslProtocols.Tls13,
        RemoteCertificateValidationCallback = options.RemoteCertificateValidationCallback,
        ServerCertificate = options.ServerCertificate,
        ServerCertificateContext = options.ServerCertificateContext,
        ServerCertificateSelectionCallback = options.ServerCertificateSelectionCallback,
    };

    public static SslClientAuthenticationOptions Of(SslClientAuthenticationOptions options) => new()
    {
        AllowRenegotiation = false,
        AllowTlsResume = false,
        ApplicationProtocols = options.ApplicationProtocols,
        CertificateChainPolicy = options.CertificateChainPolicy,
        CertificateRevocationCheckMode = options.CertificateRevocationCheckMode,
        CipherSuitesPolicy = options.CipherSuitesPolicy,
        ClientCertificateContext = options.ClientCertificateContext,
        ClientCertificates = options.ClientCertificates,
        EnabledSslProtocols = SslProtocols.Tls13,
        LocalCertificateSelectionCallback = options.LocalCertificateSelectionCallback,
        RemoteCertificateValidationCallback = options.RemoteCertificateValidationCallback,
        TargetHost = options.TargetHost,
    };

    /// <summary>What a server whose peers must have certificates lacks; none where nothing does.</summary>
    public static IEnumerable<string> Problems(SslServerAuthenticationOptions options)
    {
        if (!options.ClientCertificateRequired)
        {
            yield return $"{nameof(options.ClientCertificateRequired)} is false: everybody could offer a workload, which is restored as root; set it.";
        }

        if (options.ServerCertificate is null && options.ServerCertificateContext is null && options.ServerCertificateSelectionCallback is null)
        {
            yield return $"{nameof(options.ServerCertificate)} is not set; sources could not tell who this is.";
        }

        if (!MayBeTls13(options.EnabledSslProtocols))
        {
            yield return $"{nameof(options.EnabledSslProtocols)} is {options.EnabledSslProtocols}; TLS 1.3 is the only version used, leave it at its default.";
        }
    }

    /// <summary>What a client that must show who it is lacks; none where nothing does.</summary>
    public static IEnumerable<string> Problems(SslClientAuthenticationOptions options)
    {
        if (options.ClientCertificates is not { Count: > 0 } && options.ClientCertificateContext is null && options.LocalCertificateSelectionCallback is null)
        {
            yield return $"{nameof(options.ClientCertificates)} is empty; the destination could not tell who this is.";
        }

        if (!MayBeTls13(options.EnabledSslProtocols))
        {
            yield return $"{nameof(options.EnabledSslProtocols)} is {options.EnabledSslProtocols}; TLS 1.3 is the only version used, leave it at its default.";
        }
    }

    /// <summary>The peer's certificate after a handshake, as one that can be read.</summary>
    public static X509Certificate2? CertificateOf(SslStream stream) => stream.RemoteCertificate switch
    {
        null => null,
        X509Certificate2 certificate => certificate,
        { } other => X509CertificateLoader.LoadCertificate(other.GetRawCertData()),
    };

    private static bool MayBeTls13(SslProtocols protocols) => protocols == SslProtocols.None || (protocols & SslProtocols.Tls13) != 0;
}
