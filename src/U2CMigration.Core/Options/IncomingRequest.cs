namespace U2CMigration.Core.Receiving;

/// <summary>What a peer wants of a receiver.</summary>
public enum IncomingRequest
{
    /// <summary>That it takes a migration: what comes is restored as root.</summary>
    Migration,

    /// <summary>To know whether it would.</summary>
    Check,

    /// <summary>To know what became of a migration. The answer decides whether its source lets its copy run again.</summary>
    Question,
}
