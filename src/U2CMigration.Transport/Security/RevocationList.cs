using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace U2CMigration.Transport.Security;

/// <summary>A list of revoked certificates (RFC 5280, 5), signed by an authority: those who can write the file can neither take a certificate off it nor put one on it.</summary>
internal sealed class RevocationList
{
    private const string Label = "X509 CRL";

    private static readonly Dictionary<string, HashAlgorithmName> Rsa = new()
    {
        ["1.2.840.113549.1.1.11"] = HashAlgorithmName.SHA256, ["1.2.840.113549.1.1.12"] = HashAlgorithmName.SHA384, ["1.2.840.113549.1.1.13"] = HashAlgorithmName.SHA512,
    };

    private static readonly Dictionary<string, HashAlgorithmName> EllipticCurve = new()
    {
        ["1.2.840.10045.4.3.2"] = HashAlgorithmName.SHA256, ["1.2.840.10045.4.3.3"] = HashAlgorithmName.SHA384, ["1.2.840.10045.4.3.4"] = HashAlgorithmName.SHA512,
    };

    private readonly byte[] _list;
    private readonly byte[] _issuer;

    private RevocationList(byte[] list, byte[] issuer) => (_list, _issuer) = (list, issuer);

    /// <summary>Reads a list, and sees that an authority has made it: better no start than a list that revokes no one.</summary>
    /// <exception cref="CryptographicException">It is none, or no one who may has signed it.</exception>
    public static RevocationList Read(string path, X509Certificate2Collection authorities)
    {
        string pem = File.ReadAllText(path);
        if (!PemEncoding.TryFind(pem, out PemFields fields) || !pem.AsSpan()[fields.Label].SequenceEqual(Label))
        {
            throw new CryptographicException($"{path} is not a list of revoked certificates in PEM.");
        }

        byte[] list = Convert.FromBase64String(pem[fields.Base64Data]);
        CertificateRevocationListBuilder.Load(list, out _);
        try
        {
            byte[] issuer = IssuerOf(list, out ReadOnlyMemory<byte> signed, out string algorithm, out byte[] signature);
            bool isSigned = authorities.Any(authority => authority.SubjectName.RawData.AsSpan().SequenceEqual(issuer) && Verifies(authority, signed.Span, algorithm, signature));
            return isSigned ? new RevocationList(list, issuer)
                : throw new CryptographicException($"{path} is not signed by any of the authorities that are believed (or by an algorithm other than RSA or ECDSA with SHA-256, 384 or 512). Take the list that the authority has issued.");
        }
        catch (AsnContentException e)
        {
            throw new CryptographicException($"{path} is not a list of revoked certificates: {e.Message}", e);
        }
    }

    /// <summary>Whether a certificate of this authority is on it; numbers of others mean other certificates.</summary>
    public bool Has(X509Certificate2 certificate) =>
        certificate.IssuerName.RawData.AsSpan().SequenceEqual(_issuer) && CertificateRevocationListBuilder.Load(_list, out _).RemoveEntry(certificate.SerialNumberBytes.Span);

    private static byte[] IssuerOf(byte[] list, out ReadOnlyMemory<byte> signed, out string algorithm, out byte[] signature)
    {
        AsnReader whole = new AsnReader(list, AsnEncodingRules.DER).ReadSequence();
        signed = whole.PeekEncodedValue();
        AsnReader content = whole.ReadSequence();
        byte[] outer = whole.PeekEncodedValue().ToArray();
        algorithm = whole.ReadSequence().ReadObjectIdentifier();
        signature = whole.ReadBitString(out _);
        if (content.PeekTag().HasSameClassAndValue(Asn1Tag.Integer))
        {
            content.ReadInteger();
        }

        return content.ReadEncodedValue().Span.SequenceEqual(outer) ? content.ReadEncodedValue().ToArray() : throw new AsnContentException("it names two algorithms of its signature.");
    }

    private static bool Verifies(X509Certificate2 authority, ReadOnlySpan<byte> signed, string algorithm, byte[] signature)
    {
        if (Rsa.TryGetValue(algorithm, out HashAlgorithmName hash))
        {
            using RSA? key = authority.GetRSAPublicKey();
            return key?.VerifyData(signed, signature, hash, RSASignaturePadding.Pkcs1) == true;
        }

        if (EllipticCurve.TryGetValue(algorithm, out hash))
        {
            using ECDsa? key = authority.GetECDsaPublicKey();
            return key?.VerifyData(signed, signature, hash, DSASignatureFormat.Rfc3279DerSequence) == true;
        }

        return false;
    }
}
