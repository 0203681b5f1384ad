using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using U2CMigration.Transport.Connections;
using U2CMigration.Transport.Messages;
using U2CMigration.Transport.Pages;
using U2CMigration.Transport.Tests.Infrastructure;

namespace U2CMigration.Transport.Tests.Connections;

public sealed class TcpTests
{
    private static readonly IPEndPoint AnyPort = new(IPAddress.Loopback, 0);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Timeout = 60_000)]
    public async Task ConnectAsync_Tls_CarriesPages()
    {
        using X509Certificate2 certificate = SelfSigned();
        await using MigrationListener listener = MigrationListener.Listen(
            AnyPort, ConnectionRole.Destination, Connected.Quiet with { ServerTls = new SslServerAuthenticationOptions { ServerCertificate = certificate } });
        MigrationConnectionOptions client = Connected.Quiet with
        {
            ClientTls = new SslClientAuthenticationOptions
            {
                TargetHost = "destination",
                RemoteCertificateValidationCallback = (_, presented, _, _) => presented!.GetCertHashString() == certificate.GetCertHashString(),
            },
        };
        await using MigrationConnection source = await MigrationConnection.ConnectAsync(listener.LocalEndPoint, ConnectionRole.Source, client, null, Cancellation);
        await using MigrationConnection destination = await listener.AcceptAsync(Cancellation);
        var sink = new DictionarySink();
        Task<MigrationMessage> receiving = destination.ReceiveAsync(sink, Cancellation).AsTask();

        await source.SendPagesAsync(Batches.Random(1, 256), Cancellation);
        await source.SendAsync(new Commit(), Cancellation);

        (await receiving, sink.Pages.Count).Should().Be((new Commit(), 256));
    }

    [Fact(Timeout = 60_000)]
    public async Task ConnectAsync_CertificateRefused_IsNotTransient()
    {
        using X509Certificate2 certificate = SelfSigned();
        await using MigrationListener listener = MigrationListener.Listen(
            AnyPort, ConnectionRole.Destination, Connected.Quiet with { ServerTls = new SslServerAuthenticationOptions { ServerCertificate = certificate } });
        MigrationConnectionOptions client = Connected.Quiet with { ClientTls = new SslClientAuthenticationOptions { TargetHost = "destination" } };

        Func<Task> connect = () => MigrationConnection.ConnectAsync(listener.LocalEndPoint, ConnectionRole.Source, client, null, Cancellation);

        (await connect.Should().ThrowAsync<TransportException>().WithMessage("TLS with*")).Which.IsTransient.Should().BeFalse();
    }

    [Fact(Timeout = 30_000)]
    public async Task ConnectAsync_NobodyListens_SaysWhatToCheck()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(AnyPort);

        Func<Task> connect = () => MigrationConnection.ConnectAsync(socket.LocalEndPoint!, ConnectionRole.Source, Connected.Quiet, null, Cancellation);

        await connect.Should().ThrowAsync<TransportException>().WithMessage("No connection with 127.0.0.1:*Check that a migration receiver listens there*");
    }

    [Fact(Timeout = 30_000)]
    public async Task AcceptAsync_SilentAndGarbageStrangersBefore_GivesTheRightPeer()
    {
        await using MigrationListener listener = MigrationListener.Listen(AnyPort, ConnectionRole.Destination, Connected.Quiet);
        using var silent = new TcpClient();
        await silent.ConnectAsync(listener.LocalEndPoint, Cancellation);
        using var garbage = new TcpClient();
        await garbage.ConnectAsync(listener.LocalEndPoint, Cancellation);
        await garbage.GetStream().WriteAsync("GET / HTTP/1.1\r\nHost: destination\r\n\r\n"u8.ToArray(), Cancellation);

        await using MigrationConnection source = await MigrationConnection.ConnectAsync(listener.LocalEndPoint, ConnectionRole.Source, Connected.Quiet, null, Cancellation);
        await using MigrationConnection destination = await listener.AcceptAsync(Cancellation);

        await source.SendAsync(new Commit(), Cancellation);
        (await destination.ReceiveAsync(Cancellation)).Should().Be(new Commit());
    }

    /// <summary>Of one address more than a few are closed at once, those of others are taken, and none keeps its place for long.</summary>
    [Fact(Timeout = 60_000)]
    public async Task AcceptAsync_ManySilentStrangers_AnswersTheRightPeerAtOnce()
    {
        await using MigrationListener listener = MigrationListener.Listen(
            AnyPort, ConnectionRole.Destination, Connected.Quiet with { FirstByteTimeout = TimeSpan.FromHours(1), HandshakeTimeout = TimeSpan.FromHours(1) });
        var strangers = new List<Socket>();
        for (int i = 0; i < 40; i++)
        {
            var stranger = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            stranger.Bind(new IPEndPoint(IPAddress.Parse("127.0.0.2"), 0));
            await stranger.ConnectAsync(listener.LocalEndPoint, Cancellation);
            strangers.Add(stranger);
        }

        await using MigrationConnection source = await MigrationConnection.ConnectAsync(listener.LocalEndPoint, ConnectionRole.Source, Connected.Quiet, null, Cancellation);
        await using MigrationConnection destination = await listener.AcceptAsync(Cancellation);

        // Sent away: an end or a reset, where the others wait.
        int closed = 0;
        foreach (Socket stranger in strangers)
        {
            closed += stranger.Poll(0, SelectMode.SelectRead) ? 1 : 0;
            stranger.Dispose();
        }

        closed.Should().Be(40 - 16);
    }

    [Fact(Timeout = 30_000)]
    public async Task AcceptAsync_NothingSaid_IsSentAwayAfterTheTimeForAFirstByte()
    {
        await using MigrationListener listener = MigrationListener.Listen(
            AnyPort, ConnectionRole.Destination, Connected.Quiet with { FirstByteTimeout = TimeSpan.FromMilliseconds(50), HandshakeTimeout = TimeSpan.FromHours(1) });
        using var silent = new TcpClient();
        await silent.ConnectAsync(listener.LocalEndPoint, Cancellation);

        (await silent.GetStream().ReadAsync(new byte[1], Cancellation)).Should().Be(0);
    }

    [Fact(Timeout = 30_000)]
    public async Task DisposeAsync_WhileReceiving_EndsTheReceive()
    {
        await using MigrationListener listener = MigrationListener.Listen(AnyPort, ConnectionRole.Destination, Connected.Quiet);
        await using MigrationConnection source = await MigrationConnection.ConnectAsync(listener.LocalEndPoint, ConnectionRole.Source, Connected.Quiet, null, Cancellation);
        Task<MigrationMessage> receiving = source.ReceiveAsync(Cancellation).AsTask();

        await source.DisposeAsync();

        await ((Func<Task>)(() => receiving)).Should().ThrowAsync<TransportException>().WithMessage("*closed on this side*");
    }

    [Fact(Timeout = 30_000)]
    public async Task EndAsync_PeerInTheMiddleOfSending_StillGetsTheLastMessage()
    {
        await using MigrationListener listener = MigrationListener.Listen(AnyPort, ConnectionRole.Destination, Connected.Quiet);
        MigrationConnection source = await MigrationConnection.ConnectAsync(listener.LocalEndPoint, ConnectionRole.Source, Connected.Quiet, null, Cancellation);
        await using MigrationConnection destination = await listener.AcceptAsync(Cancellation);
        var abort = new Abort(AbortCode.OutOfMemory, "No memory.");
        Task<MigrationMessage> receiving = source.ReceiveAsync(Cancellation).AsTask();
        Task sending = SendAllAsync();

        Task ending = destination.EndAsync(abort, TimeSpan.FromSeconds(20), Cancellation);

        (await receiving).Should().Be(abort);
        await sending;
        await source.DisposeAsync();
        await ending;

        async Task SendAllAsync()
        {
            PageBatch batch = Batches.Random(1, 256);
            for (int i = 0; i < 40; i++)
            {
                await source.SendPagesAsync(batch, Cancellation);
            }
        }
    }

    [Fact(Timeout = 30_000)]
    public async Task AcceptAsync_ListenerDisposed_Throws()
    {
        MigrationListener listener = MigrationListener.Listen(AnyPort, ConnectionRole.Destination, Connected.Quiet);
        Task<MigrationConnection> accepting = listener.AcceptAsync(Cancellation);

        await listener.DisposeAsync();

        await ((Func<Task>)(() => accepting)).Should().ThrowAsync<ObjectDisposedException>();
    }

    [Fact]
    public void Listen_PortInUse_SaysSo()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(AnyPort);
        socket.Listen();

        Action listen = () => MigrationListener.Listen((IPEndPoint)socket.LocalEndPoint!, ConnectionRole.Destination, Connected.Quiet);

        listen.Should().Throw<TransportException>().WithMessage("*Choose another port*");
    }

    private static X509Certificate2 SelfSigned()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=destination", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using X509Certificate2 certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null);
    }
}
