using U2CMigration.Core.Sessions;
using U2CMigration.Transport.Connections;

namespace U2CMigration.Core.Source;

/// <summary>Opens connections to the destination.</summary>
internal static class SourceConnection
{
    public static Task<MigrationConnection> OpenAsync(SourceContext context, CancellationToken cancellationToken)
    {
        MigrationSessionOptions options = context.Options;
        var connection = new MigrationConnectionOptions
        {
            ConnectTimeout = options.ConnectTimeout,
            RateLimitBytesPerSecond = options.MaxBytesPerSecond,
            ClientTls = options.Credentials,
        };
        return MigrationConnection.ConnectAsync(options.Destination, ConnectionRole.Source, connection, context.Loggers, cancellationToken);
    }
}
