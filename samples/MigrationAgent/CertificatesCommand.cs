using System.CommandLine;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MigrationAgent;

/// <summary><c>certificates</c>: a small authority of one's own, for tests and a first try.</summary>
public static class CertificatesCommand
{
    private const UnixFileMode OnlyOwner = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private static readonly string[] Usages = ["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"];
    private static readonly Dictionary<string, string[]> Roles = new()
    {
        ["source"] = ["urn:u2cmigration:source"],
        ["destination"] = ["urn:u2cmigration:destination"],
        ["both"] = ["urn:u2cmigration:source", "urn:u2cmigration:destination"],
        ["none"] = [],
    };

    public static Command Create()
    {
        var directory = new Argument<DirectoryInfo>("DIR") { Description = "Where they go; an authority that is there already is used again." };
        var hosts = new Option<string[]>("--host") { HelpName = "NAME", Description = "The name or address by which a host is called; more than once for more hosts.", Required = true };
        var role = new Option<string>("--role") { Description = $"What the hosts may be: {string.Join(", ", Roles.Keys)}.", DefaultValueFactory = _ => "both" };
        role.AcceptOnlyFromAmong([.. Roles.Keys]);
        var command = new Command("certificates", "Makes a small authority (ca.pem, ca.key) and certificates of hosts (NAME.pem, NAME.key), for tests and a first try. Keep ca.key away from the hosts: anyone who has it can be any of them.")
        {
            directory, hosts, role,
        };
        command.SetAction(parsed => Make(parsed.GetRequiredValue(directory).FullName, parsed.GetRequiredValue(hosts), Roles[parsed.GetRequiredValue(role)]));
        return command;
    }

    private static void Make(string directory, string[] hosts, string[] roles)
    {
        Directory.CreateDirectory(directory, OnlyOwner | UnixFileMode.UserExecute);
        using X509Certificate2 authority = Authority(Path.Combine(directory, "ca.pem"), Path.Combine(directory, "ca.key"));
        foreach (string host in hosts)
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            var request = new CertificateRequest($"CN={host}", key, HashAlgorithmName.SHA256);
            request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
            request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
            request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([.. Usages.Select(static usage => new Oid(usage))], false));
            request.CertificateExtensions.Add(Names(host, roles));
            using X509Certificate2 certificate = request.Create(authority, DateTimeOffset.UtcNow.AddMinutes(-5), DateTimeOffset.UtcNow.AddDays(90), RandomNumberGenerator.GetBytes(16));
            Write(Path.Combine(directory, $"{host}.pem"), certificate.ExportCertificatePem());
            Write(Path.Combine(directory, $"{host}.key"), key.ExportPkcs8PrivateKeyPem());
            Console.WriteLine($"{Path.Combine(directory, host)}.pem");
        }
    }

    private static X509Certificate2 Authority(string certificatePath, string keyPath)
    {
        if (File.Exists(certificatePath))
        {
            return X509Certificate2.CreateFromPemFile(certificatePath, keyPath);
        }

        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=U2CMigration test authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        X509Certificate2 authority = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddMinutes(-5), DateTimeOffset.UtcNow.AddDays(365));
        Write(certificatePath, authority.ExportCertificatePem());
        Write(keyPath, key.ExportPkcs8PrivateKeyPem());
        return authority;
    }

    private static X509Extension Names(string host, string[] roles)
    {
        var names = new SubjectAlternativeNameBuilder();
        if (IPAddress.TryParse(host, out IPAddress? address))
        {
            names.AddIpAddress(address);
        }
        else
        {
            names.AddDnsName(host);
        }

        foreach (string role in roles)
        {
            names.AddUri(new Uri(role));
        }

        return names.Build();
    }

    private static void Write(string path, string text)
    {
        using var file = new FileStream(path, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = OnlyOwner });
        using var writer = new StreamWriter(file);
        writer.WriteLine(text);
    }
}
