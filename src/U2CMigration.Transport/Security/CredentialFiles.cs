using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace U2CMigration.Transport.Security;

/// <summary>Mutual TLS from PEM files, which are read again when they change: a receiver need not be restarted for a new certificate or a revocation.</summary>
/// <remarks>Safe for concurrent use. A change that cannot be read leaves the last files that could in use.</remarks>
public sealed class CredentialFiles
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    private readonly string _certificatePath;
    private readonly string _keyPath;
    private readonly string _authorityPath;
    private readonly string? _revokedPath;
    private readonly Lock _lock = new();
    private (DateTime, long)[] _stamps = [];
    private CredentialSet _set;

    /// <summary>Reads the files.</summary>
    /// <param name="certificatePath">The certificate of this host, PEM.</param>
    /// <param name="keyPath">Its private key, PEM.</param>
    /// <param name="authorityPath">The authorities whose certificates are believed, PEM. No others are, the system's neither.</param>
    /// <param name="revokedPath">The authority's list of revoked certificates (CRL), PEM; null for none.</param>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="CryptographicException">A file is not what it should be.</exception>
    public CredentialFiles(string certificatePath, string keyPath, string authorityPath, string? revokedPath = null)
    {
        (_certificatePath, _keyPath, _authorityPath, _revokedPath) = (certificatePath, keyPath, authorityPath, revokedPath);
        _stamps = Stamps();
        _set = CredentialSet.Read(certificatePath, keyPath, authorityPath, revokedPath);
    }

    /// <summary>Whom a certificate must not have been revoked for, besides the list: asked for every peer; true refuses it.</summary>
    /// <value>Default: no one is.</value>
    public Func<PeerIdentity, bool> IsRevoked { get; init; } = static _ => false;

    /// <summary>What a receiver authenticates with.</summary>
    public SslServerAuthenticationOptions Server() => new()
    {
        ClientCertificateRequired = true,
        ServerCertificateSelectionCallback = (_, _) => Current().Certificate,
        RemoteCertificateValidationCallback = (_, certificate, chain, errors) => IsGood(certificate, chain, errors & ~SslPolicyErrors.RemoteCertificateNameMismatch, ClientAuthentication),
    };

    /// <summary>What a source authenticates with.</summary>
    /// <param name="destination">The name that the certificate of the destination must have.</param>
    public SslClientAuthenticationOptions Client(string destination) => new()
    {
        TargetHost = destination,
        LocalCertificateSelectionCallback = (_, _, _, _, _) => Current().Certificate,
        RemoteCertificateValidationCallback = (_, certificate, chain, errors) => IsGood(certificate, chain, errors, ServerAuthentication),
    };

    private bool IsGood(X509Certificate? certificate, X509Chain? sent, SslPolicyErrors errors, string usage) =>
        certificate is X509Certificate2 peer
        && (errors & (SslPolicyErrors.RemoteCertificateNameMismatch | SslPolicyErrors.RemoteCertificateNotAvailable)) == 0
        && Current().IsTrusted(peer, sent, usage)
        && !IsRevoked(PeerIdentity.Of(peer));

    private CredentialSet Current()
    {
        lock (_lock)
        {
            (DateTime, long)[] stamps = Stamps();
            if (!stamps.AsSpan().SequenceEqual(_stamps))
            {
                try
                {
                    _set = CredentialSet.Read(_certificatePath, _keyPath, _authorityPath, _revokedPath);
                    _stamps = stamps;
                }
                catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
                {
                    // In the middle of being replaced; the next connection looks again.
                }
            }

            return _set;
        }
    }

    private (DateTime, long)[] Stamps() =>
        [.. new[] { _certificatePath, _keyPath, _authorityPath, _revokedPath }.OfType<string>().Select(static path => new FileInfo(path)).Select(static file => (file.LastWriteTimeUtc, file.Exists ? file.Length : 0))];
}
