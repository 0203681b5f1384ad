namespace U2CMigration.Transport.Connections;

/// <summary>What has crossed a connection, at one moment. Bytes are counted before TLS.</summary>
/// <param name="WireBytesSent">All bytes sent.</param>
/// <param name="WireBytesReceived">All bytes received and taken.</param>
/// <param name="PagesSent">The pages sent, zero pages among them.</param>
/// <param name="ZeroPagesSent">The zero pages among them.</param>
/// <param name="PagesReceived">The pages received, zero pages among them.</param>
/// <param name="PageBytesAcknowledged">The bytes of page frames that the peer has in its store.</param>
/// <param name="PageBytesUnderWay">The bytes of page frames sent and not acknowledged.</param>
/// <param name="AcknowledgedBytesPerSecond">The bandwidth that the acknowledgements of the last seconds show, without the time in which nothing was under way; 0 before the first. Never above what really crossed, however late they were looked at.</param>
/// <param name="RoundTripTime">The time that the last ping took; zero before the first.</param>
public readonly record struct ConnectionStatistics(
    long WireBytesSent,
    long WireBytesReceived,
    long PagesSent,
    long ZeroPagesSent,
    long PagesReceived,
    long PageBytesAcknowledged,
    long PageBytesUnderWay,
    double AcknowledgedBytesPerSecond,
    TimeSpan RoundTripTime);
