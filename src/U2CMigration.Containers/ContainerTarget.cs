using U2CMigration.Containers.Podman;
using U2CMigration.Containers.Runtimes;
using U2CMigration.Containers.Source;
using U2CMigration.Core.Sessions;

namespace U2CMigration.Containers;

/// <summary>Containers as what to migrate.</summary>
/// <example>
/// <code>
/// await using var session = MigrationSession.Create(ContainerTarget.Crun("web"), new MigrationSessionOptions { Destination = new DnsEndPoint("host-b", 9410) });
/// MigrationResult moved = await session.RunAsync(progress, cancellationToken);
/// </code>
/// </example>
public static class ContainerTarget
{
    /// <summary>A container of runc.</summary>
    /// <param name="id">Its name.</param>
    /// <param name="options">How it is moved.</param>
    public static MigrationTarget Runc(string id, ContainerOptions? options = null) => Container(ContainerRuntime.Runc, id, options);

    /// <summary>A container of crun.</summary>
    /// <param name="id">Its name.</param>
    /// <param name="options">How it is moved.</param>
    public static MigrationTarget Crun(string id, ContainerOptions? options = null) => Container(ContainerRuntime.Crun, id, options);

    /// <summary>A container of podman.</summary>
    /// <param name="nameOrId">Its name, its id, or the beginning of its id.</param>
    /// <param name="options">How it is moved.</param>
    public static MigrationTarget Podman(string nameOrId, ContainerOptions? options = null) => Container(ContainerRuntime.Podman, nameOrId, options);

    /// <summary>A container.</summary>
    /// <param name="runtime">Its runtime.</param>
    /// <param name="id">Its name.</param>
    /// <param name="options">How it is moved.</param>
    /// <exception cref="ArgumentException">The name is empty, or no name of a container.</exception>
    public static MigrationTarget Container(ContainerRuntime runtime, string id, ContainerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(runtime);
        ArgumentException.ThrowIfNullOrEmpty(id);
        return id[0] == '-' || id.AsSpan().ContainsAny('/', ' ', '=') || id is "." or ".."
            ? throw new ArgumentException($"'{id}' is no name of a container: it must not begin with '-' and has no '/', '=' or space.", nameof(id))
            : MigrationTarget.Of(runtime == ContainerRuntime.Podman ? new PodmanOwner(id, options ?? new ContainerOptions()) : new ContainerOwner(runtime, id, options ?? new ContainerOptions()));
    }
}
