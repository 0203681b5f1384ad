using System.Net;
using U2CMigration.Transport.Security;

namespace U2CMigration.Core.Receiving;

/// <summary>What a peer asks of a receiver: to take a migration, whether it would, or what became of one.</summary>
/// <param name="MigrationId">The identity of the migration.</param>
/// <param name="Source">The address of the peer.</param>
/// <param name="RootProcessId">The process at the root of the tree; 0 in a question.</param>
/// <param name="MemoryBytes">The resident bytes of the tree when it was offered; 0 in a question.</param>
public sealed record IncomingMigration(Guid MigrationId, EndPoint? Source, int RootProcessId, long MemoryBytes)
{
    /// <summary>What is asked.</summary>
    public IncomingRequest Request { get; init; }

    /// <summary>Who asks, by the certificate; null without TLS and where only a secret is proven.</summary>
    public PeerIdentity? Peer { get; init; }

    /// <summary>Whether the peer has proven that it knows a secret that was expected.</summary>
    public bool IsSecretProven { get; init; }

    /// <summary>A name of the workload, for people. Says what the peer likes; so do the following.</summary>
    public string Name { get; init; } = string.Empty;

    /// <summary>The kernel of the source.</summary>
    public string Kernel { get; init; } = string.Empty;

    /// <summary>The version of CRIU on the source.</summary>
    public string CriuVersion { get; init; } = string.Empty;

    /// <summary>The processes of the tree, numbered as in the images.</summary>
    public IReadOnlyList<int> ProcessIds { get; init; } = [];

    /// <summary>What the restore must have.</summary>
    public IReadOnlyList<string> Requirements { get; init; } = [];

    /// <summary>What is special about the workload.</summary>
    public IReadOnlyList<string> Traits { get; init; } = [];
}
