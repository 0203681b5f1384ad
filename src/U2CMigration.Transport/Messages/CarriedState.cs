using U2CMigration.Transport.Frames;

namespace U2CMigration.Transport.Messages;

/// <summary>
/// Source to destination, before <see cref="ImagesEnd"/>: what the frozen tasks have and CRIU's images leave out. The destination answers with <see cref="CarriedOutcome"/>.
/// Needs <see cref="ProtocolFeatures.CarriedState"/>.
/// </summary>
/// <param name="Data">A piece of a text in UTF-8 (JSON); the pieces come in order. At most <see cref="MaxPieceBytes"/>.</param>
/// <param name="IsLast">Whether the text ends here.</param>
public sealed record CarriedState(ReadOnlyMemory<byte> Data, bool IsLast) : MigrationMessage
{
    /// <summary>The largest piece: 1 MiB.</summary>
    public const int MaxPieceBytes = 1 << 20;

    /// <inheritdoc/>
    public override MessageType Type => MessageType.CarriedState;

    internal override void WritePayload(PayloadWriter writer)
    {
        if (Data.Length > MaxPieceBytes)
        {
            throw new ArgumentException($"A piece of {Data.Length} bytes of carried state; the limit is {MaxPieceBytes}. Cut it.");
        }

        writer.WriteByte(IsLast ? (byte)1 : (byte)0);
        writer.WriteBytes(Data.Span);
    }

    internal static CarriedState Read(ref PayloadReader reader)
    {
        byte last = reader.ReadByte();
        if (last > 1)
        {
            throw reader.Refuse("0 or 1", $"{last}");
        }

        ReadOnlySpan<byte> data = reader.ReadBytes();
        return data.Length <= MaxPieceBytes
            ? new CarriedState(data.ToArray(), last == 1)
            : throw reader.Refuse($"a piece of at most {MaxPieceBytes} bytes", $"{data.Length}");
    }
}
