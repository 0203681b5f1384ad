namespace U2CMigration.Containers.Networking.Model;

/// <summary>The end of a cable on the host, plugged into a bridge.</summary>
internal sealed record HostEnd
{
    public required string Name { get; init; }

    public required string Bridge { get; init; }

    /// <summary>Whether the port may not talk to other such ports (<c>isolated</c>): a protection.</summary>
    public bool IsIsolated { get; init; }

    /// <summary>Whether what comes from the port may go back to it (<c>hairpin</c>), as where published ports are reached from inside.</summary>
    public bool IsHairpin { get; init; }
}
