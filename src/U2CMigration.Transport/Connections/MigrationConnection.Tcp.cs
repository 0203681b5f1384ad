using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using U2CMigration.Transport.Security;

namespace U2CMigration.Transport.Connections;

public sealed partial class MigrationConnection
{
    /// <summary>Connects with a listening host over TCP, with TLS if <see cref="MigrationConnectionOptions.ClientTls"/> is set.</summary>
    /// <param name="endPoint">The other host: an <see cref="IPEndPoint"/> or <see cref="DnsEndPoint"/>.</param>
    /// <param name="role">Which end this is.</param>
    /// <param name="options">How the connection is opened and kept.</param>
    /// <param name="loggerFactory">Where logs go; null for none.</param>
    /// <param name="cancellationToken">Ends the call; nothing stays open.</param>
    /// <exception cref="TransportException">No connection came about in time, or TLS failed.</exception>
    /// <exception cref="MigrationProtocolException">The other end speaks something else, or no common version.</exception>
    public static async Task<MigrationConnection> ConnectAsync(
        EndPoint endPoint,
        ConnectionRole role,
        MigrationConnectionOptions options,
        ILoggerFactory? loggerFactory = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        string peer = endPoint is DnsEndPoint dns ? $"{dns.Host}:{dns.Port}" : endPoint.ToString()!;
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await ConnectAsync(socket, endPoint, peer, options, cancellationToken).ConfigureAwait(false);
            Stream stream = new NetworkStream(socket, ownsSocket: true);
            if (options.ClientTls is { } tls)
            {
                stream = await SecureAsync(stream, peer, options, (ssl, token) => ssl.AuthenticateAsClientAsync(StrictTls.Of(tls), token), cancellationToken).ConfigureAwait(false);
            }

            return Identify(await OpenAsync(stream, socket, role, peer, options, loggerFactory, cancellationToken).ConfigureAwait(false), stream);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    internal static async Task<MigrationConnection> AcceptAsync(
        Socket socket, ConnectionRole role, string peer, MigrationConnectionOptions options, ILoggerFactory? loggerFactory, CancellationToken cancellationToken)
    {
        try
        {
            Configure(socket, options);
            await AwaitFirstByteAsync(socket, peer, options, cancellationToken).ConfigureAwait(false);
            Stream stream = new NetworkStream(socket, ownsSocket: true);
            if (options.ServerTls is { } tls)
            {
                stream = await SecureAsync(stream, peer, options, (ssl, token) => ssl.AuthenticateAsServerAsync(StrictTls.Of(tls), token), cancellationToken).ConfigureAwait(false);
            }

            return Identify(await OpenAsync(stream, socket, role, peer, options, loggerFactory, cancellationToken).ConfigureAwait(false), stream);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static async Task AwaitFirstByteAsync(Socket socket, string peer, MigrationConnectionOptions options, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(options.FirstByteTimeout, options.TimeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            await socket.ReceiveAsync(new byte[1], SocketFlags.Peek, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TransportException($"{peer} connected and said nothing for {options.FirstByteTimeout.TotalSeconds} s.", peer, 0, isTransient: true, e);
        }
    }

    private static MigrationConnection Identify(MigrationConnection connection, Stream stream)
    {
        if (stream is SslStream ssl)
        {
            X509Certificate? server = ssl.IsServer ? ssl.LocalCertificate : ssl.RemoteCertificate;
            connection.ServerCertificateHash = server is null ? default : SHA256.HashData(server.GetRawCertData());
            connection.PeerIdentity = StrictTls.CertificateOf(ssl) is { } certificate ? PeerIdentity.Of(certificate) : null;
        }

        return connection;
    }

    private static async Task ConnectAsync(Socket socket, EndPoint endPoint, string peer, MigrationConnectionOptions options, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(options.ConnectTimeout, options.TimeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            Configure(socket, options);
            await socket.ConnectAsync(endPoint, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TransportException(
                $"No connection with {peer} within {options.ConnectTimeout.TotalSeconds} s. Check the address and the firewall. Nothing was changed.", peer, 0, isTransient: true, e);
        }
        catch (SocketException e)
        {
            throw new TransportException($"No connection with {peer}: {e.Message}. Check that a migration receiver listens there. Nothing was changed.", peer, 0, isTransient: true, e);
        }
    }

    private static async Task<Stream> SecureAsync(
        Stream stream, string peer, MigrationConnectionOptions options, Func<SslStream, CancellationToken, Task> authenticate, CancellationToken cancellationToken)
    {
        var ssl = new SslStream(stream, leaveInnerStreamOpen: false);
        using var timeout = new CancellationTokenSource(options.HandshakeTimeout, options.TimeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            await authenticate(ssl, either.Token).ConfigureAwait(false);
            if (options.ServerTls is { ClientCertificateRequired: true } && ssl is { IsServer: true, RemoteCertificate: null })
            {
                // A callback of the caller may be content with none.
                throw new AuthenticationException("The peer has shown no certificate.");
            }

            return ssl;
        }
        catch (Exception e) when (e is AuthenticationException or IOException or SocketException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            await ssl.DisposeAsync().ConfigureAwait(false);
            throw new TransportException(
                $"TLS with {peer} failed: {e.Message} Check that both ends use TLS and accept each other's certificates. Nothing was changed.",
                peer, 0, isTransient: e is not AuthenticationException, e);
        }
    }

    private static void Configure(Socket socket, MigrationConnectionOptions options)
    {
        socket.NoDelay = true;
        if (options.SendBufferBytes > 0)
        {
            socket.SendBufferSize = options.SendBufferBytes;
        }

        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, 5);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, 2);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, 5);
    }
}
