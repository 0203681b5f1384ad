using U2CMigration.Containers.Runtimes;

namespace U2CMigration.Containers.Podman;

/// <summary>The runtime below podman.</summary>
internal static class LowRuntime
{
    /// <summary>Why it cannot make checkpoints on this host, a sentence each.</summary>
    /// <param name="name">Its name.</param>
    public static IReadOnlyList<string> Problems(string name) => ContainerRuntime.Find(name) is { } runtime && runtime != ContainerRuntime.Podman
        ? runtime.Problems()
        : [$"podman runs the container by {name}, which cannot be moved. Make it with --runtime crun or --runtime runc."];
}
