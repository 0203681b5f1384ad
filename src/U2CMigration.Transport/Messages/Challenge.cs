using U2CMigration.Transport.Frames;

namespace U2CMigration.Transport.Messages;

/// <summary>Destination to source, first of all: what a proof of a secret on this connection has to be made from, so that one of another connection is worth nothing.</summary>
/// <param name="Nonce">Random bytes, of this connection alone; <see cref="NonceBytes"/> of them.</param>
/// <param name="IsRequired">Whether nothing is taken without a proof.</param>
public sealed record Challenge(ReadOnlyMemory<byte> Nonce, bool IsRequired) : MigrationMessage
{
    /// <summary>The length of a nonce: 32 bytes.</summary>
    public const int NonceBytes = 32;

    /// <inheritdoc/>
    public override MessageType Type => MessageType.Challenge;

    internal override void WritePayload(PayloadWriter writer)
    {
        writer.WriteByte(IsRequired ? (byte)1 : (byte)0);
        writer.WriteFixed(Nonce.Span, NonceBytes, "nonce");
    }

    internal static Challenge Read(ref PayloadReader reader)
    {
        byte required = reader.ReadByte();
        return required <= 1 ? new Challenge(reader.ReadFixed(NonceBytes), required == 1) : throw reader.Refuse("0 or 1", $"{required}");
    }
}
