using System.Net.Sockets;

namespace U2CMigration.Criu.LazyPages.Serving;

/// <summary>The socket in CRIU's work directory and the one connection that a restore makes to it.</summary>
internal sealed class RestoreSocket : IDisposable
{
    private const int SocketLevel = 1;
    private const int PassCredentials = 16;

    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly string _path;
    private RestoreConversation? _conversation;
    private bool _isClosed;

    internal RestoreSocket(string path)
    {
        _path = path;
        try
        {
            // What a daemon left behind that was killed would make the bind fail.
            File.Delete(path);
            _listener.Bind(new UnixDomainSocketEndPoint(path));
            if (OperatingSystem.IsLinux())
            {
                File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            }

            // The kernel then says with each message which process sent it.
            _listener.SetRawSocketOption(SocketLevel, PassCredentials, BitConverter.GetBytes(1));
            _listener.Listen(1);
        }
        catch (Exception failure) when (failure is SocketException or IOException or UnauthorizedAccessException)
        {
            _listener.Dispose();
            throw new CriuException($"The lazy pages socket '{path}' cannot be made: {failure.Message} Check that the directory can be written. Nothing was restored yet.", "LAZY_PAGES", innerException: failure);
        }
    }

    /// <summary>What to wait for: the listener, then the connection; -1 at the end.</summary>
    internal int Handle => _isClosed ? -1 : _conversation?.Handle ?? (int)_listener.Handle;

    /// <summary>The conversation with the restore; null for as long as it has not connected.</summary>
    internal RestoreConversation? Conversation => _isClosed ? null : _conversation;

    /// <summary>Takes the connection of a restore.</summary>
    internal RestoreConversation Accept()
    {
        Socket connection = _listener.Accept();
        _listener.Dispose();
        File.Delete(_path);
        return _conversation = new RestoreConversation(connection);
    }

    /// <summary>Makes CRIU fail if it sends anything from now on; what it has sent can still be received.</summary>
    internal void Refuse()
    {
        if (_conversation is null)
        {
            Dispose();
        }

        _conversation?.Refuse();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_isClosed)
        {
            return;
        }

        _isClosed = true;
        _listener.Dispose();
        _conversation?.Dispose();
        if (_conversation is null)
        {
            File.Delete(_path);
        }
    }
}
