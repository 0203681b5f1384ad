using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace U2CMigration.Transport.Security;

/// <summary>What the files of <see cref="CredentialFiles"/> held at one moment.</summary>
internal sealed class CredentialSet
{
    private readonly X509Certificate2Collection _authorities;
    private readonly RevocationList? _revoked;

    private CredentialSet(X509Certificate2 certificate, X509Certificate2Collection authorities, RevocationList? revoked) =>
        (Certificate, _authorities, _revoked) = (certificate, authorities, revoked);

    /// <summary>The certificate of this host, with its key.</summary>
    public X509Certificate2 Certificate { get; }

    public static CredentialSet Read(string certificatePath, string keyPath, string authorityPath, string? revokedPath)
    {
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPemFile(authorityPath);
        if (authorities.Count == 0)
        {
            throw new CryptographicException($"{authorityPath} has no certificate in it.");
        }

        RevocationList? revoked = revokedPath is null ? null : RevocationList.Read(revokedPath, authorities);
        return new CredentialSet(X509Certificate2.CreateFromPemFile(certificatePath, keyPath), authorities, revoked);
    }

    /// <summary>Whether a certificate was issued by an authority for this use, is valid now and not revoked.</summary>
    /// <param name="peer">The certificate.</param>
    /// <param name="sent">What the peer sent along.</param>
    /// <param name="usage">The use, as an object identifier.</param>
    public bool IsTrusted(X509Certificate2 peer, X509Chain? sent, string usage)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(_authorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(usage));
        chain.ChainPolicy.DisableCertificateDownloads = true;
        foreach (X509ChainElement element in sent?.ChainElements ?? Enumerable.Empty<X509ChainElement>())
        {
            chain.ChainPolicy.ExtraStore.Add(element.Certificate);
        }

        return chain.Build(peer) && chain.ChainElements.All(element => _revoked?.Has(element.Certificate) != true);
    }
}
