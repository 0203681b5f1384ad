using System.Security.Authentication;
using System.Security.Cryptography;
using U2CMigration.Transport;
using U2CMigration.Transport.Connections;
using U2CMigration.Transport.Frames;
using U2CMigration.Transport.Messages;

namespace U2CMigration.Core.Trust;

/// <summary>
/// Proves on a new connection that both ends know a secret. Each proof is made from a random number of either end and the certificate of the destination: recorded, it is worth nothing on another
/// connection, and somebody between the two, with a certificate of his own, cannot hand it on.
/// </summary>
internal static class SecretProof
{
    private const string Source = "source";
    private const string Destination = "destination";

    /// <summary>The source's part, before it says anything else.</summary>
    /// <param name="connection">The new connection.</param>
    /// <param name="secret">The secret; null where there is none.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="TransportException">The destination wants a secret that this side has not, or does not know it.</exception>
    public static async Task GiveAsync(MigrationConnection connection, MigrationSecret? secret, CancellationToken cancellationToken)
    {
        if ((connection.Features & ProtocolFeatures.Proof) == 0)
        {
            if (secret is not null)
            {
                throw Failed(connection, "is of an older release, which knows no secrets. Update it, or use certificates");
            }

            return;
        }

        MigrationMessage first = await connection.ReceiveAsync(cancellationToken).ConfigureAwait(false);
        Challenge challenge = first as Challenge ?? throw new MigrationProtocolException(nameof(Challenge), first.Type.ToString());
        if (secret is null)
        {
            if (challenge.IsRequired)
            {
                throw Failed(connection, "takes only migrations with a secret that it was told to expect. Give the same one here (Secret; agent: --secret-file)");
            }

            return;
        }

        byte[] nonce = RandomNumberGenerator.GetBytes(Challenge.NonceBytes);
        await connection.SendAsync(
            new Proof(secret.Id, nonce, secret.Prove(Source, challenge.Nonce, nonce, connection.ServerCertificateHash)), cancellationToken).ConfigureAwait(false);
        switch (await connection.ReceiveAsync(cancellationToken).ConfigureAwait(false))
        {
            case ProofAnswer answer when CryptographicOperations.FixedTimeEquals(answer.Code.Span, secret.Prove(Destination, challenge.Nonce, nonce, connection.ServerCertificateHash)):
                return;
            case ProofAnswer:
                throw Failed(connection, "does not know the secret, although it says so: somebody stands between the two hosts, or it is not the host that you mean");
            case Refuse refuse:
                throw Failed(connection, $"refuses: {refuse.Sentence.TrimEnd('.')}");
            case { } other:
                throw new MigrationProtocolException(nameof(ProofAnswer), other.Type.ToString());
        }
    }

    /// <summary>The destination's part: asks, before anything is read.</summary>
    /// <returns>What was asked.</returns>
    public static async Task<Challenge?> AskAsync(MigrationConnection connection, bool isRequired, CancellationToken cancellationToken)
    {
        if ((connection.Features & ProtocolFeatures.Proof) == 0)
        {
            return null;
        }

        var challenge = new Challenge(RandomNumberGenerator.GetBytes(Challenge.NonceBytes), isRequired);
        await connection.SendAsync(challenge, cancellationToken).ConfigureAwait(false);
        return challenge;
    }

    /// <summary>The answer to a proof; null where it is none of this secret on this connection.</summary>
    public static ProofAnswer? Check(Proof proof, Challenge challenge, MigrationSecret secret, ReadOnlyMemory<byte> certificateHash) =>
        CryptographicOperations.FixedTimeEquals(proof.Code.Span, secret.Prove(Source, challenge.Nonce, proof.Nonce, certificateHash))
            ? new ProofAnswer(secret.Prove(Destination, challenge.Nonce, proof.Nonce, certificateHash))
            : null;

    private static TransportException Failed(MigrationConnection connection, string what) =>
        new($"{connection.Peer} {what}. Nothing was changed.", connection.Peer, 0, isTransient: false, new AuthenticationException(what));
}
