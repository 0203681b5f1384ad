using System.Net.Security;

namespace U2CMigration.Transport.Connections;

/// <summary>How a connection between the two hosts is opened and kept.</summary>
public sealed record MigrationConnectionOptions
{
    /// <summary>The default of <see cref="SendBufferBytes"/>: 512 KiB.</summary>
    public const int DefaultSendBufferBytes = 512 << 10;

    /// <summary>The time for the TCP connection to be made.</summary>
    /// <value>10 seconds.</value>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The time for TLS and the greetings. Bounds what a stranger on the port can hold up.</summary>
    /// <value>5 seconds.</value>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How often an idle peer is asked whether it is there; zero for never.</summary>
    /// <value>1 second.</value>
    public TimeSpan KeepAliveInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The default of <see cref="PeerTimeout"/>, 15 seconds.</summary>
    public static readonly TimeSpan DefaultPeerTimeout = TimeSpan.FromSeconds(15);

    /// <summary>How long a peer may say nothing, while something is awaited from it, before the connection counts as lost. A peer answers only while it receives, unless it <see cref="MigrationConnection.IsAtWork"/>.</summary>
    /// <value>15 seconds.</value>
    public TimeSpan PeerTimeout { get; init; } = DefaultPeerTimeout;

    /// <summary>How long a frame that is half sent may take to leave after its sending was cancelled, so that an <c>Abort</c> can follow on the same connection.</summary>
    /// <value>1 second.</value>
    public TimeSpan CancelGrace { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// The size of the socket's send buffer; 0 leaves it to the kernel. What lies in it at the freeze must leave before anything else can: 512 KiB are
    /// 4 ms at 1 Gbit/s, the several MiB that the kernel would choose are 30 ms and more. Too small a buffer holds back long links
    /// (throughput is at most buffer / round trip: 512 KiB give 4 Gbit/s at 1 ms, 100 Mbit/s at 40 ms), so raise it, or set 0, for those.
    /// </summary>
    /// <value>512 KiB.</value>
    public int SendBufferBytes { get; init; } = DefaultSendBufferBytes;

    /// <summary>The most bytes per second that pages and images may take; 0 for no limit. Can be changed on the connection.</summary>
    /// <value>0.</value>
    public long RateLimitBytesPerSecond { get; init; }

    /// <summary>What the connecting side authenticates with; null for a connection without TLS, which is for trusted networks only: memory contains secrets.</summary>
    /// <value>null.</value>
    public SslClientAuthenticationOptions? ClientTls { get; init; }

    /// <summary>What the listening side authenticates with; null for connections without TLS.</summary>
    /// <value>null.</value>
    public SslServerAuthenticationOptions? ServerTls { get; init; }

    /// <summary>The clock.</summary>
    /// <value>The system's.</value>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>The time for the first byte of a peer that has connected: anyone who has nothing to say does not keep a place from others.</summary>
    internal TimeSpan FirstByteTimeout { get; init; } = TimeSpan.FromSeconds(2);

    internal void Validate()
    {
        List<string> problems = [];
        Check(ConnectTimeout > TimeSpan.Zero, $"{nameof(ConnectTimeout)} is {ConnectTimeout}; it must be above zero.");
        Check(HandshakeTimeout > TimeSpan.Zero, $"{nameof(HandshakeTimeout)} is {HandshakeTimeout}; it must be above zero.");
        Check(KeepAliveInterval >= TimeSpan.Zero, $"{nameof(KeepAliveInterval)} is {KeepAliveInterval}; it must be zero or more.");
        Check(PeerTimeout > KeepAliveInterval, $"{nameof(PeerTimeout)} is {PeerTimeout}; it must be above {nameof(KeepAliveInterval)}, {KeepAliveInterval}.");
        Check(CancelGrace >= TimeSpan.Zero, $"{nameof(CancelGrace)} is {CancelGrace}; it must be zero or more.");
        Check(SendBufferBytes >= 0, $"{nameof(SendBufferBytes)} is {SendBufferBytes}; it must be 0 or more.");
        Check(RateLimitBytesPerSecond >= 0, $"{nameof(RateLimitBytesPerSecond)} is {RateLimitBytesPerSecond}; it must be 0 or more.");
        if (problems.Count > 0)
        {
            throw new ArgumentException("The connection options are not valid. " + string.Join(' ', problems));
        }

        void Check(bool isValid, string problem)
        {
            if (!isValid)
            {
                problems.Add(problem);
            }
        }
    }
}
