using System.Security.Cryptography;
using System.Text;

namespace U2CMigration.Core.Trust;

/// <summary>
/// A secret for one migration, which anyone who orders it gives to both hosts. It is never sent: both prove that they know it, and with TLS that no one stands between them.
/// </summary>
/// <example>
/// <code>
/// MigrationSecret secret = MigrationSecret.Create();
/// receiver.Expect(secret, TimeSpan.FromMinutes(10));                                // on the destination
/// var options = new MigrationSessionOptions { Destination = host, Secret = secret }; // on the source: MigrationSecret.Parse(text)
/// </code>
/// </example>
public sealed class MigrationSecret
{
    /// <summary>The fewest bytes: fewer could be found by trying.</summary>
    private const int LeastBytes = 16;
    private const int Bytes = 32;

    private readonly byte[] _secret;

    private MigrationSecret(byte[] secret)
    {
        _secret = secret;
        Id = SHA256.HashData([.. "u2cmigration secret"u8, .. secret]).AsMemory(0, Transport.Messages.Proof.IdBytes);
    }

    /// <summary>Names the secret without telling it.</summary>
    internal ReadOnlyMemory<byte> Id { get; }

    /// <summary>Makes a secret of 256 random bits.</summary>
    public static MigrationSecret Create() => new(RandomNumberGenerator.GetBytes(Bytes));

    /// <summary>Reads the text of a secret.</summary>
    /// <param name="text">What <see cref="Reveal"/> gave, or at least 16 random bytes in base64 of another origin; white space around it does not count.</param>
    /// <exception cref="FormatException">It is not base64, or too short.</exception>
    public static MigrationSecret Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        byte[] secret;
        try
        {
            secret = Convert.FromBase64String(text.Trim());
        }
        catch (FormatException)
        {
            // Not with the text: it may be the secret but for a character.
            throw new FormatException("A secret is text in base64, such as MigrationSecret.Create().Reveal() gives (agent: MigrationAgent secret).");
        }

        return secret.Length >= LeastBytes
            ? new MigrationSecret(secret)
            : throw new FormatException($"The secret has {secret.Length} bytes; at least {LeastBytes} random ones are needed, or it could be found by trying. Make one with MigrationSecret.Create() (agent: MigrationAgent secret).");
    }

    /// <summary>The text of the secret, for the other host. Anyone who has it can send a workload, which is restored as root.</summary>
    public string Reveal() => Convert.ToBase64String(_secret);

    /// <summary>Not the secret, which must not get into a log.</summary>
    public override string ToString() => "(secret)";

    /// <summary>The code by which one side proves that it knows the secret.</summary>
    internal byte[] Prove(string side, params ReadOnlySpan<ReadOnlyMemory<byte>> parts)
    {
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _secret);
        Append(hmac, Encoding.UTF8.GetBytes($"u2cmigration proof of the {side}"));
        foreach (ReadOnlyMemory<byte> part in parts)
        {
            Append(hmac, part.Span);
        }

        return hmac.GetHashAndReset();
    }

    // With its length, so that no two lists of parts give the same bytes.
    private static void Append(IncrementalHash hmac, ReadOnlySpan<byte> part)
    {
        hmac.AppendData(BitConverter.GetBytes(part.Length));
        hmac.AppendData(part);
    }
}
