using U2CMigration.Containers.Runtimes;

namespace U2CMigration.Containers.Listing;

/// <summary>A container of this host, and what stands in the way of moving it.</summary>
public sealed record ListedContainer
{
    /// <summary>The container.</summary>
    public required ContainerState State { get; init; }

    /// <summary>Why it cannot be moved as it is, a sentence each with the remedy.</summary>
    /// <value>Empty where nothing on this host stands in the way, as far as it can be seen without its runtime's help: a check finds the rest.</value>
    public required IReadOnlyList<string> Problems { get; init; }

    /// <summary>Whether nothing stands in the way.</summary>
    public bool CanMove => Problems.Count == 0;
}
