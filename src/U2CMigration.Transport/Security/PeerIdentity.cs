using System.Formats.Asn1;
using System.Security.Cryptography.X509Certificates;

namespace U2CMigration.Transport.Security;

/// <summary>Who the other end of a connection is, by the certificate that it has proven to hold.</summary>
public sealed record PeerIdentity
{
    private const string AlternativeNames = "2.5.29.17";

    private static readonly Asn1Tag DnsTag = new(TagClass.ContextSpecific, 2);
    private static readonly Asn1Tag UriTag = new(TagClass.ContextSpecific, 6);

    private PeerIdentity(X509Certificate2 certificate, IReadOnlyList<string> dnsNames, IReadOnlyList<Uri> uris)
    {
        Certificate = certificate;
        DnsNames = dnsNames;
        Uris = uris;
    }

    /// <summary>The certificate.</summary>
    public X509Certificate2 Certificate { get; }

    /// <summary>Its subject, such as <c>CN=host-a</c>.</summary>
    public string Subject => Certificate.Subject;

    /// <summary>The names of hosts among its alternative names.</summary>
    public IReadOnlyList<string> DnsNames { get; }

    /// <summary>The URIs among its alternative names, which may say what its holder may do.</summary>
    public IReadOnlyList<Uri> Uris { get; }

    /// <summary>Reads a certificate. Only one that was validated says who somebody is.</summary>
    /// <param name="certificate">The certificate.</param>
    /// <exception cref="System.Security.Cryptography.CryptographicException">Its alternative names are damaged.</exception>
    public static PeerIdentity Of(X509Certificate2 certificate)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        var dnsNames = new List<string>();
        var uris = new List<Uri>();
        foreach (X509Extension extension in certificate.Extensions.Where(static extension => extension.Oid?.Value == AlternativeNames))
        {
            try
            {
                AsnReader names = new AsnReader(extension.RawData, AsnEncodingRules.DER).ReadSequence();
                while (names.HasData)
                {
                    Asn1Tag tag = names.PeekTag();
                    if (tag == DnsTag)
                    {
                        dnsNames.Add(names.ReadCharacterString(UniversalTagNumber.IA5String, DnsTag));
                    }
                    else if (tag == UriTag)
                    {
                        if (Uri.TryCreate(names.ReadCharacterString(UniversalTagNumber.IA5String, UriTag), UriKind.Absolute, out Uri? uri))
                        {
                            uris.Add(uri);
                        }
                    }
                    else
                    {
                        names.ReadEncodedValue();
                    }
                }
            }
            catch (AsnContentException e)
            {
                throw new System.Security.Cryptography.CryptographicException("The alternative names of the certificate are damaged.", e);
            }
        }

        return new PeerIdentity(certificate, dnsNames, uris);
    }

    /// <inheritdoc/>
    public override string ToString() => string.Join(", ", [Subject, .. DnsNames, .. Uris.Select(static uri => uri.OriginalString)]);
}
