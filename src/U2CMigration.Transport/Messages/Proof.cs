using U2CMigration.Transport.Frames;

namespace U2CMigration.Transport.Messages;

/// <summary>Source to destination: that it knows a secret, without the secret. Answered by <see cref="ProofAnswer"/> or <see cref="Refuse"/>.</summary>
/// <param name="SecretId">Which secret; <see cref="IdBytes"/> bytes.</param>
/// <param name="Nonce">Random bytes of the source, <see cref="Challenge.NonceBytes"/> of them.</param>
/// <param name="Code">The proof, made from both nonces and the destination's certificate; <see cref="CodeBytes"/> bytes.</param>
public sealed record Proof(ReadOnlyMemory<byte> SecretId, ReadOnlyMemory<byte> Nonce, ReadOnlyMemory<byte> Code) : MigrationMessage
{
    /// <summary>The length of the name of a secret: 16 bytes.</summary>
    public const int IdBytes = 16;

    /// <summary>The length of a proof: 32 bytes, HMAC-SHA-256.</summary>
    public const int CodeBytes = 32;

    /// <inheritdoc/>
    public override MessageType Type => MessageType.Proof;

    internal override void WritePayload(PayloadWriter writer)
    {
        writer.WriteFixed(SecretId.Span, IdBytes, "name of the secret");
        writer.WriteFixed(Nonce.Span, Challenge.NonceBytes, "nonce");
        writer.WriteFixed(Code.Span, CodeBytes, "proof");
    }

    internal static Proof Read(ref PayloadReader reader) => new(reader.ReadFixed(IdBytes), reader.ReadFixed(Challenge.NonceBytes), reader.ReadFixed(CodeBytes));
}
