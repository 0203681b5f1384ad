using System.Net;
using System.Net.Security;
using Microsoft.Extensions.Logging;
using U2CMigration.Core.Logging;
using U2CMigration.Core.Sessions;
using U2CMigration.Core.Trust;
using U2CMigration.Transport;
using U2CMigration.Transport.Connections;

namespace U2CMigration.Core.Source;

/// <summary>Opens connections to the destination, which has shown then who it is as far as the options want that.</summary>
internal static class SourceConnection
{
    /// <exception cref="TransportException">No connection came about, or not with the host that is meant.</exception>
    public static async Task<MigrationConnection> OpenAsync(SourceContext context, CancellationToken cancellationToken)
    {
        MigrationSessionOptions options = context.Options;
        if (LockedByDefault.IsOpen(options) && !PeerRules.IsLoopback(options.Destination))
        {
            context.Logger.SendsToAnybody($"{options.Destination}");
        }

        var settings = new MigrationConnectionOptions { ConnectTimeout = options.ConnectTimeout, RateLimitBytesPerSecond = options.MaxBytesPerSecond };
        MigrationConnection connection = await OpenAsync(options.Destination, settings, options.Credentials, options.Secret, context.Loggers, cancellationToken).ConfigureAwait(false);
        if (options.Credentials is not null && Problem(connection, options) is { } problem)
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw new TransportException($"{problem} Nothing was sent.", connection.Peer, 0, isTransient: false);
        }

        return connection;
    }

    /// <summary>Opens one on which the secret is proven, if there is one.</summary>
    /// <param name="destination">The other host.</param>
    /// <param name="settings">How the connection is kept.</param>
    /// <param name="credentials">TLS; null for none.</param>
    /// <param name="secret">The secret of the migration; null for none.</param>
    /// <param name="loggers">Where to log.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="TransportException">No connection came about, or the destination does not know the secret.</exception>
    public static async Task<MigrationConnection> OpenAsync(
        EndPoint destination, MigrationConnectionOptions settings, SslClientAuthenticationOptions? credentials, MigrationSecret? secret, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        settings = settings with { ClientTls = credentials ?? (secret is null ? null : PeerRules.ProvenLater()) };
        MigrationConnection connection = await MigrationConnection.ConnectAsync(destination, ConnectionRole.Source, settings, loggers, cancellationToken).ConfigureAwait(false);
        try
        {
            await SecretProof.GiveAsync(connection, secret, cancellationToken).ConfigureAwait(false);
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
