using U2CMigration.Transport.Frames;

namespace U2CMigration.Transport.Messages;

/// <summary>Destination to source: that it knows the secret as well.</summary>
/// <param name="Code">The proof; <see cref="Proof.CodeBytes"/> bytes.</param>
public sealed record ProofAnswer(ReadOnlyMemory<byte> Code) : MigrationMessage
{
    /// <inheritdoc/>
    public override MessageType Type => MessageType.ProofAnswer;

    internal override void WritePayload(PayloadWriter writer) => writer.WriteFixed(Code.Span, Proof.CodeBytes, "proof");

    internal static ProofAnswer Read(ref PayloadReader reader) => new(reader.ReadFixed(Proof.CodeBytes));
}
