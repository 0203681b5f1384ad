using Microsoft.Extensions.Logging;
using U2CMigration.Core.Logging;
using U2CMigration.Core.Options;
using U2CMigration.Core.Sessions;
using U2CMigration.Core.Trust;
using U2CMigration.Transport;
using U2CMigration.Transport.Connections;

namespace U2CMigration.Core.Source;

/// <summary>Opens connections to the destination, which has shown then who it is as far as the options want that.</summary>
internal static class SourceConnection
{
    /// <exception cref="TransportException">No connection came about, or not with the host that is meant.</exception>
    public static Task<MigrationConnection> OpenAsync(SourceContext context, CancellationToken cancellationToken) => OpenAsync(context.Options, context.Loggers, cancellationToken);

    /// <inheritdoc cref="OpenAsync(SourceContext, CancellationToken)"/>
    public static async Task<MigrationConnection> OpenAsync(MigrationSessionOptions options, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        if (LockedByDefault.IsOpen(options) && !PeerRules.IsLoopback(options.Destination))
        {
            loggers.CreateLogger("U2CMigration.Session").SendsToAnybody($"{options.Destination}");
        }

        var settings = new MigrationConnectionOptions
        {
            ConnectTimeout = options.ConnectTimeout,
            RateLimitBytesPerSecond = options.MaxBytesPerSecond,
            ClientTls = options.Credentials ?? (options.Secret is null ? null : PeerRules.ProvenLater()),
        };
        MigrationConnection connection = await MigrationConnection.ConnectAsync(options.Destination, ConnectionRole.Source, settings, loggers, cancellationToken).ConfigureAwait(false);
        try
        {
            if (options.Credentials is not null && Problem(connection, options) is { } problem)
            {
                throw new TransportException($"{problem} Nothing was sent.", connection.Peer, 0, isTransient: false);
            }

            await SecretProof.GiveAsync(connection, options.Secret, cancellationToken).ConfigureAwait(false);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private static string? Problem(MigrationConnection connection, MigrationSessionOptions options) => connection.PeerIdentity is { } peer
        ? PeerRules.ProblemOf(peer, PeerRules.DestinationRole, options.AllowedPeers)
        : $"{connection.Peer} has shown no certificate.";
}
