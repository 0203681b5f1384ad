using U2CMigration.Transport.Frames;
using U2CMigration.Transport.Messages;

namespace U2CMigration.Transport.Connections;

public sealed partial class MigrationConnection
{
    private SideChannel? _side;

    /// <summary>Opens the stream of bytes beside the messages; once, and on both ends before either writes.</summary>
    /// <returns>The stream; to be disposed before the connection.</returns>
    /// <exception cref="InvalidOperationException">The peer knows none (<see cref="ProtocolFeatures.FilesInStep"/>), or it is open.</exception>
    public SideChannel OpenStream()
    {
        if ((Features & ProtocolFeatures.FilesInStep) == 0)
        {
            throw new InvalidOperationException("The peer knows no stream beside the messages.");
        }

        if (_side is not null)
        {
            throw new InvalidOperationException("The stream of this connection is open.");
        }

        var stream = new SideChannel(this);
        _side = stream;
        return stream;
    }

    /// <summary>The bytes of the stream that have arrived.</summary>
    internal long StreamBytesReceived => _side?.ReceivedBytes ?? 0;

    private SideChannel StreamFor(MigrationMessage message) =>
        _side ?? throw new MigrationProtocolException("no stream, which was not opened", message.Type.ToString());
}
