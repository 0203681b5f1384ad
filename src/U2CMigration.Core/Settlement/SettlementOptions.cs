using System.Net.Security;
using U2CMigration.Core.Trust;

namespace U2CMigration.Core.Settlement;

/// <summary>How an interrupted migration is settled. The defaults ask a destination on this host.</summary>
public sealed record SettlementOptions
{
    /// <summary>Who decides.</summary>
    /// <value>Default: <see cref="SettlementChoice.AskDestination"/>, the only one that is always right.</value>
    public SettlementChoice Choice { get; init; }

    /// <summary>TLS for the question, as for the migration.</summary>
    /// <value>Default: null.</value>
    public SslClientAuthenticationOptions? Credentials { get; init; }

    /// <summary>The names of destinations that are believed, as in <c>MigrationSessionOptions.AllowedPeers</c>.</summary>
    /// <value>Default: none; the certificate must have the role of a destination.</value>
    public IReadOnlyList<string> AllowedPeers { get; init; } = [];

    /// <summary>The secret of the migration.</summary>
    /// <value>Default: null.</value>
    public MigrationSecret? Secret { get; init; }

    /// <summary>Believes any destination that answers, over plain TCP.</summary>
    /// <value>Default: false.</value>
    public bool AllowUnauthenticated { get; init; }

    /// <summary>The longest time to reach the destination.</summary>
    /// <value>Default: 10 s.</value>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);
}
