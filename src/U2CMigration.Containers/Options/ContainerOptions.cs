namespace U2CMigration.Containers;

/// <summary>How a container is moved.</summary>
public sealed record ContainerOptions
{
    /// <summary>The directory in which its runtime keeps its books (<c>--root</c> of runc, crun and podman).</summary>
    /// <value>Default: empty, that of the runtime.</value>
    public string StateRoot { get; init; } = string.Empty;

    /// <summary>
    /// The directories of this host that travel with the container, by the mount points at which it sees them; <c>/</c> for its whole root file system, where that is a plain directory. What it has changed in an overlay
    /// of its own travels in any case. They travel in rounds while the container runs, and replace what the destination has in the directories that its bundle names for them, which does not come back if the migration fails.
    /// </summary>
    /// <value>Default: none. A container that may write to others is refused, unless <see cref="FilesAreThere"/> is set.</value>
    public IReadOnlyList<string> Volumes { get; init; } = [];

    /// <summary>
    /// Whether the caller vouches for the files of the container that do not travel (<see cref="Volumes"/> do): what it has changed in its root file system and in writable directories of the host is on the destination
    /// when it is frozen, by shared storage or a replication of the caller's own (<c>MigrationSessionOptions.FilesInStep</c>). With it an overlay travels only where <see cref="Volumes"/> names <c>/</c>.
    /// </summary>
    /// <value>Default: false.</value>
    public bool FilesAreThere { get; init; }

    /// <summary>Whether older lines of the log that podman keeps of the container may be left where there are more than can be carried (16 MiB besides the beginning that travels ahead); the result says so then.</summary>
    /// <value>Default: false, such a container is refused.</value>
    public bool AllowShorterLog { get; init; }

    /// <summary>The bundle on the destination, for runc and crun.</summary>
    /// <value>Default: empty, the same path as on the source. A host that maps bundles itself (<see cref="ContainerHostOptions.Bundle"/>) has the last word.</value>
    public string DestinationBundle { get; init; } = string.Empty;

    /// <summary>The bridge on the destination into which a container with a network namespace of its own is plugged.</summary>
    /// <value>Default: empty, a bridge of the same name as here. A host that maps bridges itself (<see cref="ContainerHostOptions.Bridge"/>) has the last word.</value>
    public string DestinationBridge { get; init; } = string.Empty;

    /// <summary>
    /// A network namespace on the destination that the caller has prepared for the container, by its path: with devices, addresses, routes, settings and packet filter as they are here. Without it one is
    /// made that has the same.
    /// </summary>
    /// <value>Default: empty, it is made. A host that maps namespaces itself (<see cref="ContainerHostOptions.NetworkNamespace"/>) has the last word.</value>
    public string DestinationNetworkNamespace { get; init; } = string.Empty;
}
