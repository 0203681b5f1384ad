using System.IO.Pipelines;
using System.Net.Sockets;
using System.Security.Authentication;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using U2CMigration.Transport.Frames;
using U2CMigration.Transport.Security;

namespace U2CMigration.Transport.Connections;

/// <summary>One connection between the two hosts of a migration; control messages and pages share it in both directions.</summary>
/// <remarks>
/// Sending may be done by several threads at once: frames never interleave, and each leaves when its sending ends, nothing is held back.
/// Receiving is for one caller at a time. Keep a receive pending on both sides: acknowledgements, pings and their answers are taken in by it.
/// Back-pressure is that of the stream: sending waits while the peer does not take pages, and receiving reads no more than it can hand on.
/// After any exception other than <see cref="ArgumentException"/> and a cancellation the connection is only good for disposing.
/// </remarks>
public sealed partial class MigrationConnection : IAsyncDisposable
{
    // Large enough that a batch needs few reads, small enough to stay in the second-level cache until it is copied on.
    private const int ReadBufferBytes = 256 << 10;

    private readonly Stream _stream;
    private readonly PipeReader _input;
    private readonly MigrationConnectionOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly FrameReader _frames;
    private readonly CrossingRate _link;
    private readonly CrossingRate _achieved;
    private readonly LinkCapacity _capacity = new();
    private readonly Socket? _socket;
    private readonly ByteRateLimiter _rateLimiter;
    private readonly CancellationTokenSource _closing = new();
    private Task _keepAlive = Task.CompletedTask;
    private int _isDisposed;

    private MigrationConnection(Stream stream, Socket? socket, ConnectionRole role, string peer, MigrationConnectionOptions options, ILogger logger)
    {
        _stream = stream;
        _socket = socket;
        _options = options;
        _time = options.TimeProvider;
        _peerTimeoutTicks = options.PeerTimeout.Ticks;
        _logger = logger;
        _input = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: ReadBufferBytes, minimumReadSize: ReadBufferBytes / 4, leaveOpen: true));
        _frames = new FrameReader(peer);
        _link = new CrossingRate(_time);
        _achieved = new CrossingRate(_time);
        _rateLimiter = new ByteRateLimiter(options.RateLimitBytesPerSecond, _time);
        _writeAbort = new CancellationTokenSource(Timeout.InfiniteTimeSpan, _time);
        Role = role;
        Peer = peer;
    }

    /// <summary>Which end this is.</summary>
    public ConnectionRole Role { get; }

    /// <summary>The other host, as an address with port where it is known.</summary>
    public string Peer { get; }

    /// <summary>Who the other host is; null without TLS, and where it was not asked for a certificate.</summary>
    public PeerIdentity? PeerIdentity { get; private set; }

    /// <summary>SHA-256 of the certificate of the side that listens, the same on both ends unless somebody stands between them; empty without TLS.</summary>
    internal ReadOnlyMemory<byte> ServerCertificateHash { get; private set; }

    /// <summary>The protocol version agreed on.</summary>
    public int Version { get; private set; }

    /// <summary>The features agreed on.</summary>
    public ProtocolFeatures Features { get; private set; }

    /// <summary>The most bytes per second that pages and images may take; 0 for no limit. A change takes effect within 20 ms: lift it at the freeze.</summary>
    public long RateLimitBytesPerSecond
    {
        get => _rateLimiter.BytesPerSecond;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            _rateLimiter.BytesPerSecond = value;
        }
    }

    /// <summary>What has crossed the connection so far.</summary>
    public ConnectionStatistics Statistics => new(
        Interlocked.Read(ref _bytesSent),
        Interlocked.Read(ref _bytesReceived),
        Interlocked.Read(ref _pagesSent),
        Interlocked.Read(ref _zeroPagesSent),
        _frames.PagesTaken,
        _link.AcknowledgedBytes,
        _link.BytesUnderWay,
        _link.PerSecond.BytesPerSecond,
        new TimeSpan(Interlocked.Read(ref _roundTripTicks)));

    /// <summary>How fast pages crossed lately, without the time in which nothing was under way.</summary>
    internal CrossingPace LinkPace => _link.PerSecond;

    /// <summary>How fast they crossed from end to end, preparing included (<see cref="BeginPreparing"/>).</summary>
    internal CrossingPace Achieved => _achieved.PerSecond;

    /// <summary>The bytes per second that the link carries when it is the link that is waited for; 0 while it never was, and where the stream is no TCP connection of ours.</summary>
    internal double CapacityBytesPerSecond => _capacity.BytesPerSecond;

    /// <summary>Somebody begins to read and encode pages: until <see cref="EndPreparing"/>, time counts for <see cref="Achieved"/> whether anything is on its way or not.</summary>
    internal void BeginPreparing() => _achieved.Begin();

    internal void EndPreparing() => _achieved.End();

    /// <summary>Exchanges greetings over a stream and makes a connection of it.</summary>
    /// <param name="stream">The stream; read and written at the same time, disposed with the connection, also when this call fails.</param>
    /// <param name="role">Which end this is.</param>
    /// <param name="peer">The name of the other host in messages.</param>
    /// <param name="options">How the connection is kept.</param>
    /// <param name="loggerFactory">Where logs go; null for none.</param>
    /// <param name="cancellationToken">Ends the call; the stream is disposed.</param>
    /// <exception cref="MigrationProtocolException">The other end speaks something else, or no common version.</exception>
    /// <exception cref="TransportException">The stream ended or failed, or the greeting took too long.</exception>
    public static Task<MigrationConnection> OpenAsync(
        Stream stream,
        ConnectionRole role,
        string peer,
        MigrationConnectionOptions options,
        ILoggerFactory? loggerFactory = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        return OpenAsync(stream, socket: null, role, peer, options, loggerFactory, cancellationToken);
    }

    /// <summary>Closes the connection. What the peer has not read yet may be lost; end with an answered message.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0)
        {
            return;
        }

        await _closing.CancelAsync().ConfigureAwait(false);
        await _stream.DisposeAsync().ConfigureAwait(false);
        await _keepAlive.ConfigureAwait(false);
        if (Interlocked.Exchange(ref _isReceiving, 1) == 0)
        {
            // Not while a read is pending: its buffer would go back to the pool with bytes still being written to it.
            await _input.CompleteAsync().ConfigureAwait(false);
        }

        _closing.Dispose();
        Log.ConnectionClosed(_logger, Peer, Statistics);
    }

    private static async Task<MigrationConnection> OpenAsync(
        Stream stream, Socket? socket, ConnectionRole role, string peer, MigrationConnectionOptions options, ILoggerFactory? loggerFactory, CancellationToken cancellationToken)
    {
        ILogger logger = (ILogger?)loggerFactory?.CreateLogger(Log.Category) ?? NullLogger.Instance;
        var connection = new MigrationConnection(stream, socket, role, peer, options, logger);
        try
        {
            await connection.GreetAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        connection.BeginKeepAlive();
        Log.ConnectionOpened(logger, peer, role, connection.Version, connection.Features);
        return connection;
    }

    private async Task GreetAsync(CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(_options.HandshakeTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        var own = Greeting.Own(Role);
        byte[] bytes = new byte[Greeting.Size];
        own.Write(bytes);
        try
        {
            await _stream.WriteAsync(bytes, either.Token).ConfigureAwait(false);
            await _stream.FlushAsync(either.Token).ConfigureAwait(false);
            ReadResult result = await _input.ReadAtLeastAsync(Greeting.Size, either.Token).ConfigureAwait(false);
            Greeting peer = ReadGreeting(result);
            (ushort version, Features) = own.AgreeWith(peer);
            Version = version;
            _frames.AcceptsCodedPages = (Features & ProtocolFeatures.PageCodec) != 0;
            Interlocked.Add(ref _bytesSent, Greeting.Size);
            Interlocked.Add(ref _bytesReceived, Greeting.Size);
        }
        catch (OperationCanceledException e) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new TransportException(
                $"{Peer} sent no greeting within {_options.HandshakeTimeout.TotalSeconds} s. Check that a migration receiver listens there. Nothing was changed.", Peer, 0, isTransient: true, e);
        }
        catch (Exception e) when (IsStreamFailure(e))
        {
            throw Failed("The greeting failed", 0, e);
        }
    }

    private Greeting ReadGreeting(ReadResult result)
    {
        if (result.Buffer.Length < Greeting.Size)
        {
            long got = result.Buffer.Length;
            throw new TransportException(
                $"{Peer} closed the connection after {got} bytes of its greeting. It may be at its limit of connections, or want TLS.", Peer, got, isTransient: true);
        }

        Span<byte> bytes = stackalloc byte[Greeting.Size];
        System.Buffers.ReadOnlySequence<byte> greeting = result.Buffer.Slice(0, Greeting.Size);
        System.Buffers.BuffersExtensions.CopyTo(greeting, bytes);
        _input.AdvanceTo(greeting.End);
        return Greeting.Parse(bytes);
    }

    private TransportException Failed(string what, long bytesDone, Exception cause)
    {
        bool isDisposed = Volatile.Read(ref _isDisposed) != 0;
        string reason = isDisposed ? "the connection was closed on this side" : cause.Message;
        return new TransportException($"{what} ({Peer}, after {bytesDone} bytes): {reason}", Peer, bytesDone, isTransient: cause is not AuthenticationException, cause);
    }

    private static bool IsStreamFailure(Exception exception) => exception is IOException or SocketException or ObjectDisposedException;
}
