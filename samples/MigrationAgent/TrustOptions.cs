using System.CommandLine;
using System.Net.Security;
using System.Security.Cryptography;
using U2CMigration.Core.Trust;
using U2CMigration.Transport.Security;

namespace MigrationAgent;

/// <summary>Whom an end believes: mutual TLS from PEM files, a secret for each migration, or anybody.</summary>
public sealed class TrustOptions
{
    private readonly Option<FileInfo> _certificate = new Option<FileInfo>("--cert") { Description = "Certificate of this host, PEM. With --key and --ca: both ends prove who they are and the memory travels encrypted (MigrationAgent certificates makes them)." }.AcceptExistingOnly();
    private readonly Option<FileInfo> _key = new Option<FileInfo>("--key") { Description = "Its private key, PEM." }.AcceptExistingOnly();
    private readonly Option<FileInfo> _authority = new Option<FileInfo>("--ca") { Description = "The authority that signed the other host's certificate, PEM." }.AcceptExistingOnly();
    private readonly Option<FileInfo> _revoked = new Option<FileInfo>("--crl") { Description = "The authority's list of revoked certificates, PEM." }.AcceptExistingOnly();
    private readonly Option<string[]> _peers = new("--allow-peer") { HelpName = "NAME", Description = "A name in the certificate of a host that may be the other end; more than once for more. Without it the certificate must have the role (urn:u2cmigration:source or :destination)." };
    private readonly Option<FileInfo> _secrets = new Option<FileInfo>("--secret-file") { Description = "A file with the secret of this migration, the same on both hosts (MigrationAgent secret makes one); a receiver takes one migration for each line. The memory travels encrypted, and no certificate is needed." }.AcceptExistingOnly();
    private readonly Option<bool> _anybody = new("--allow-unauthenticated") { Description = "Let anybody be the other end, over plain TCP. Whoever reaches a receiver runs code as root there, whoever answers a sender gets the memory. For closed networks and tests; within one host it is not needed." };

    /// <summary>The options of a command.</summary>
    public IReadOnlyList<Option> AddTo(Command command)
    {
        command.Validators.Add(result =>
        {
            int given = new[] { _certificate, _key, _authority }.Count(option => result.GetResult(option) is { Implicit: false });
            if (given is 1 or 2)
            {
                result.AddError("--cert, --key and --ca belong together: give all three, or none.");
            }

            if (given == 0 && (result.GetResult(_revoked) is { Implicit: false } || result.GetResult(_peers) is { Implicit: false }))
            {
                result.AddError("--crl and --allow-peer are about certificates; give --cert, --key and --ca as well.");
            }
        });
        return [_certificate, _key, _authority, _revoked, _peers, _secrets, _anybody];
    }

    /// <summary>Whether both ends have to prove something.</summary>
    public bool IsLocked(ParseResult parsed) => parsed.GetValue(_certificate) is not null || parsed.GetValue(_secrets) is not null;

    public bool AllowsAnybody(ParseResult parsed) => parsed.GetValue(_anybody);

    public IReadOnlyList<string> Peers(ParseResult parsed) => parsed.GetValue(_peers) ?? [];

    /// <exception cref="ArgumentException">A file is not what it should be.</exception>
    public SslServerAuthenticationOptions? Server(ParseResult parsed) => Files(parsed)?.Server();

    /// <exception cref="ArgumentException">A file is not what it should be.</exception>
    public SslClientAuthenticationOptions? Client(ParseResult parsed, string serverName) => Files(parsed)?.Client(serverName);

    /// <exception cref="ArgumentException">The file is not what it should be.</exception>
    public IReadOnlyList<MigrationSecret> Secrets(ParseResult parsed)
    {
        if (parsed.GetValue(_secrets) is not { } file)
        {
            return [];
        }

        try
        {
            MigrationSecret[] secrets = [.. File.ReadLines(file.FullName).Where(static line => line.Trim().Length > 0).Select(MigrationSecret.Parse)];
            return secrets.Length > 0 ? secrets : throw new ArgumentException($"--secret-file {file.FullName} is empty; MigrationAgent secret makes a secret.");
        }
        catch (Exception e) when (e is FormatException or IOException or UnauthorizedAccessException)
        {
            throw new ArgumentException($"--secret-file {file.FullName}: {e.Message}", e);
        }
    }

    private CredentialFiles? Files(ParseResult parsed)
    {
        if (parsed.GetValue(_certificate) is not { } certificate)
        {
            return null;
        }

        try
        {
            return new CredentialFiles(certificate.FullName, parsed.GetValue(_key)!.FullName, parsed.GetValue(_authority)!.FullName, parsed.GetValue(_revoked)?.FullName);
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new ArgumentException($"The certificates cannot be used: {e.Message}", e);
        }
    }
}
