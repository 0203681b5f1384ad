using System.Net;
using Microsoft.Extensions.Logging;
using U2CMigration.Transport.Frames;

namespace U2CMigration.Transport.Connections;

/// <summary>Log messages of the transport: ids 6000 to 6099 connections, 6100 to 6199 listening.</summary>
internal static partial class Log
{
    public const string Category = "U2CMigration.Transport";

    [LoggerMessage(EventId = 6000, EventName = "ConnectionOpened", Level = LogLevel.Information,
        Message = "Connected with {Peer} as {Role}, protocol version {Version}, features {Features}")]
    public static partial void ConnectionOpened(ILogger logger, string peer, ConnectionRole role, int version, ProtocolFeatures features);

    [LoggerMessage(EventId = 6001, EventName = "ConnectionClosed", Level = LogLevel.Debug, Message = "Closed the connection with {Peer}: {Statistics}")]
    public static partial void ConnectionClosed(ILogger logger, string peer, ConnectionStatistics statistics);

    [LoggerMessage(EventId = 6002, EventName = "PeerSilent", Level = LogLevel.Warning, Message = "Nothing was heard from {Peer} for {Seconds} s; the connection counts as lost")]
    public static partial void PeerSilent(ILogger logger, string peer, double seconds);

    [LoggerMessage(EventId = 6003, EventName = "PingFailed", Level = LogLevel.Debug, Message = "Could not ask {Peer} whether it is there")]
    public static partial void PingFailed(ILogger logger, string peer, Exception exception);

    [LoggerMessage(EventId = 6100, EventName = "Listening", Level = LogLevel.Information, Message = "Listening for migrations on {EndPoint}, TLS {IsTls}")]
    public static partial void Listening(ILogger logger, IPEndPoint endPoint, bool isTls);

    [LoggerMessage(EventId = 6101, EventName = "GreetingFailed", Level = LogLevel.Warning, Message = "A connection from {Peer} was closed: no valid greeting")]
    public static partial void GreetingFailed(ILogger logger, string peer, Exception exception);

    [LoggerMessage(EventId = 6102, EventName = "AcceptFailed", Level = LogLevel.Warning, Message = "Could not accept a connection; trying on")]
    public static partial void AcceptFailed(ILogger logger, Exception exception);

    [LoggerMessage(EventId = 6103, EventName = "TooManyGreetings", Level = LogLevel.Warning, Message = "A connection from {Address} was closed: {Most} of that address have said nothing yet.")]
    public static partial void TooManyGreetings(ILogger logger, IPAddress address, int most);
}
