using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using U2CMigration.Transport.Security;

namespace U2CMigration.Core.Trust;

/// <summary>Which peers are let in by their certificates, and where no one need have one.</summary>
internal static class PeerRules
{
    /// <summary>The alternative name (URI) by which an authority lets a host send workloads.</summary>
    public const string SourceRole = "urn:u2cmigration:source";

    /// <summary>The alternative name (URI) by which an authority lets a host take workloads.</summary>
    public const string DestinationRole = "urn:u2cmigration:destination";

    /// <summary>Why a peer is not let in, for the log; null when it is.</summary>
    /// <param name="peer">The peer; its certificate is valid.</param>
    /// <param name="role">What it wants to be.</param>
    /// <param name="allowed">The names that are let in; none to go by the role in the certificate.</param>
    public static string? ProblemOf(PeerIdentity peer, string role, IReadOnlyCollection<string> allowed)
    {
        if (allowed.Count > 0)
        {
            IEnumerable<string> names = [.. peer.DnsNames, .. peer.Uris.Select(static uri => uri.OriginalString), peer.Certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false), peer.Subject];
            return names.Any(name => allowed.Contains(name, StringComparer.OrdinalIgnoreCase)) ? null : $"The certificate of {peer} has none of the allowed names ({string.Join(", ", allowed)}).";
        }

        return peer.Uris.Any(uri => uri.OriginalString == role)
            ? null
            : $"The certificate of {peer} does not have the alternative name (URI) {role}. Issue it with that, or name the host in AllowedPeers (agent: --allow-peer).";
    }

    /// <summary>Whether only programs of this host can be at an endpoint.</summary>
    public static bool IsLoopback(EndPoint endPoint) => endPoint switch
    {
        IPEndPoint ip => IPAddress.IsLoopback(ip.Address) || (ip.Address.IsIPv4MappedToIPv6 && IPAddress.IsLoopback(ip.Address.MapToIPv4())),
        DnsEndPoint dns => string.Equals(dns.Host, "localhost", StringComparison.OrdinalIgnoreCase),
        _ => false,
    };

    /// <summary>A certificate for one run of a receiver: it says nothing of who this is, which a secret does; it keeps the connection from being read or taken over.</summary>
    public static SslServerAuthenticationOptions OfThisRun()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=u2cmigration", key, HashAlgorithmName.SHA256);
        X509Certificate2 certificate = request.CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddYears(10));
        return new SslServerAuthenticationOptions { ServerCertificate = certificate };
    }

    /// <summary>Takes any certificate: the proof of the secret is bound to it.</summary>
    public static SslClientAuthenticationOptions ProvenLater() => new()
    {
        TargetHost = "u2cmigration",
        RemoteCertificateValidationCallback = static (_, certificate, _, _) => certificate is not null,
    };
}
