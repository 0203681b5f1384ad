namespace U2CMigration.Containers;

/// <summary>How containers are taken.</summary>
public sealed record ContainerHostOptions
{
    /// <summary>The directory in which the runtime keeps its books (<c>--root</c> of runc, crun and podman).</summary>
    /// <value>Default: empty, that of the runtime.</value>
    public string StateRoot { get; init; } = string.Empty;

    /// <summary>Where the bundle of a container of runc or crun is on this host, from its name and the path that the source says.</summary>
    /// <value>Default: the path that the source says.</value>
    public Func<string, string, string> Bundle { get; init; } = static (_, path) => path;

    /// <summary>The bridge of this host into which a container is plugged, from its name and the bridge that the source says.</summary>
    /// <value>Default: the one that the source says.</value>
    public Func<string, string, string> Bridge { get; init; } = static (_, bridge) => bridge;

    /// <summary>
    /// The network namespace that was prepared on this host for a container, by its path, from the name of the container and the path that the source says; empty where none was and one is to be
    /// made.
    /// </summary>
    /// <value>Default: the path that the source says.</value>
    public Func<string, string, string> NetworkNamespace { get; init; } = static (_, path) => path;
}
