using U2CMigration.Containers.Destination;
using U2CMigration.Containers.Podman;
using U2CMigration.Containers.Runtimes;
using U2CMigration.Core.Owners;

namespace U2CMigration.Containers;

/// <summary>Takes the containers of a runtime, for <c>MigrationReceiverOptions.TreeHosts</c>.</summary>
/// <example>
/// <code>
/// await using var receiver = MigrationReceiver.Create(new MigrationReceiverOptions
/// {
///     Listen = new IPEndPoint(IPAddress.Loopback, 9410),
///     TreeHosts = [ContainerHost.Runc(), ContainerHost.Crun()],
/// });
/// </code>
/// </example>
public static class ContainerHost
{
    /// <summary>Takes containers of runc.</summary>
    /// <param name="options">How.</param>
    public static ITreeHost Runc(ContainerHostOptions? options = null) => Of(ContainerRuntime.Runc, options);

    /// <summary>Takes containers of crun.</summary>
    /// <param name="options">How.</param>
    public static ITreeHost Crun(ContainerHostOptions? options = null) => Of(ContainerRuntime.Crun, options);

    /// <summary>Takes containers of podman.</summary>
    /// <param name="options">How.</param>
    public static ITreeHost Podman(ContainerHostOptions? options = null) => Of(ContainerRuntime.Podman, options);

    /// <summary>Takes containers of a runtime.</summary>
    /// <param name="runtime">The runtime.</param>
    /// <param name="options">How.</param>
    public static ITreeHost Of(ContainerRuntime runtime, ContainerHostOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(runtime);
        return runtime == ContainerRuntime.Podman ? new PodmanHost(options ?? new ContainerHostOptions()) : new RuntimeHost(runtime, options ?? new ContainerHostOptions());
    }
}
