using System.Text.Json;
using U2CMigration.Transport.Connections;

namespace U2CMigration.Core.CarriedState;

/// <summary>Sends what the images leave out.</summary>
internal static class CarriedSender
{
    private const int PieceBytes = Transport.Messages.CarriedState.MaxPieceBytes;

    /// <summary>The text in which it travels.</summary>
    public static byte[] Write(CarriedTree tree) => JsonSerializer.SerializeToUtf8Bytes(tree, CarriedTreeText.Default.CarriedTree);

    /// <summary>Sends it in as many messages as it takes.</summary>
    public static async Task SendAsync(CarriedTree tree, MigrationConnection connection, CancellationToken cancellationToken)
    {
        ReadOnlyMemory<byte> text = Write(tree);
        for (int offset = 0; offset < text.Length; offset += PieceBytes)
        {
            ReadOnlyMemory<byte> piece = text.Slice(offset, Math.Min(PieceBytes, text.Length - offset));
            await connection.SendAsync(new Transport.Messages.CarriedState(piece, offset + piece.Length == text.Length), cancellationToken).ConfigureAwait(false);
        }
    }
}
