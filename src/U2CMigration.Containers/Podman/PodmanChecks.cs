using U2CMigration.Containers.Runtimes;
using U2CMigration.Containers.Source;
using U2CMigration.PageTracking.Processes;

namespace U2CMigration.Containers.Podman;

/// <summary>What of a container of podman cannot be moved.</summary>
internal static class PodmanChecks
{
    private const string Vouch = $"say so with {nameof(ContainerOptions)}.{nameof(ContainerOptions.FilesAreThere)} (agent: --files-are-there)";

    /// <summary>Why a container in this state cannot be moved; null where it can.</summary>
    public static string? OfState(PodmanContainer container) => container.Status switch
    {
        "running" => null,
        "paused" => $"The container {container.Name} of podman is paused. Resume it first (podman unpause {container.Name}).",
        "created" or "configured" or "initialized" => $"The container {container.Name} of podman was created and not started. Start it first (podman start {container.Name}), or make it on the destination instead.",
        "exited" or "stopped" => $"The container {container.Name} of podman has ended: there is nothing in memory to move. Start it on the destination instead.",
        var other => $"The container {container.Name} of podman is in the state '{other}'; only a running one can be moved.",
    };

    /// <summary>What in the way it was made is in the way.</summary>
    /// <param name="container">The container.</param>
    /// <param name="all">All containers of this host.</param>
    /// <param name="options">What the caller allows.</param>
    public static IEnumerable<string> OfConfiguration(PodmanContainer container, IEnumerable<PodmanContainer> all, ContainerOptions options)
    {
        string name = container.Name;
        if (container.Pod.Length > 0)
        {
            yield return $"The container {name} belongs to a pod and has namespaces together with others of it; it does not move alone, and pods do not move. Run it outside of a pod.";
        }

        if (container.IsRemovedAtEnd)
        {
            yield return $"The container {name} was made with --rm: podman removes it, with its volumes, as soon as it ends on a host, which no undoing brings back. Make it without --rm.";
        }

        if (container.Unit.Length > 0)
        {
            yield return $"The container {name} is run by the unit {container.Unit} of systemd, which would start it again here when it has moved. Stop the unit and run the container by podman alone (with --restart where it is to be started again).";
        }

        if (container.HasTerminal)
        {
            yield return $"The container {name} has a terminal (-t), whose other end is with a program of this host. Run it without one.";
        }

        if (container.HasInput)
        {
            yield return $"The container {name} has an open standard input (-i), whose other end is with a program of this host. Run it without one.";
        }

        if (!container.HasImage)
        {
            yield return $"The container {name} has no image (it was made with --rootfs). Make it from an image that both hosts have.";
        }

        if (!container.HasControlGroups)
        {
            yield return $"The container {name} has no control groups of its own (--cgroups), so that it cannot be stopped by itself. Make it without --cgroups.";
        }

        foreach (string problem in OfNamespaces(container, all))
        {
            yield return problem;
        }

        if (!options.FilesAreThere && container.Mounts.Where(static mount => mount.IsWritable).Select(static mount => $"{mount.Source} at {mount.Destination}").ToList() is { Count: > 0 } binds)
        {
            yield return $"The container {name} may write to volumes and directories of this host ({string.Join(", ", binds)}), which do not move. Put them on storage that both hosts see, or copy them yourself, and {Vouch}; or mount them read-only.";
        }
    }

    /// <summary>What comes and goes while it runs.</summary>
    public static IEnumerable<string> OfRunning(PodmanContainer container, ContainerOptions options)
    {
        string name = container.Name;
        if (Residents.Strangers(container.ProcessId) is { Count: > 0 } strangers)
        {
            string names = string.Join(", ", strangers.Select(static process => $"process {process} ({ProcessTree.TryReadStatus(process)?.Name ?? "ended"})"));
            yield return $"In the container {name} runs what was started from outside (podman exec, or a health check): {names}. It belongs to a program of this host and does not move; end it first, or try again.";
        }

        if (ForeignFiles.Find(container.ProcessId) is { Count: > 0 } foreign)
        {
            yield return $"The container {name} has files of this host open that lie on no mount of its own: {string.Join(", ", foreign)}. Let podman keep its log (not --log-driver passthrough).";
        }

        if (UpperFiles.InSharedMemory(container.ProcessId) is { Count: > 0 } shared)
        {
            yield return $"The container {name} has files in /dev/shm ({Some(shared)}), which do not move. Let it keep them on a tmpfs of its own (--tmpfs).";
        }

        if (!options.FilesAreThere && UpperFiles.Changed(container.ProcessId) is { Count: > 0 } changed)
        {
            yield return $"The container {name} has changed its root file system ({Some(changed)}), and files do not move. Put it on storage that both hosts see, or copy the changes yourself, and {Vouch}.";
        }
    }

    private static IEnumerable<string> OfNamespaces(PodmanContainer container, IEnumerable<PodmanContainer> all)
    {
        string name = container.Name;
        if (container.Mode("NetworkMode") != "host")
        {
            yield return $"The container {name} has a network namespace of its own (its network is '{container.Mode("NetworkMode")}'), which does not move. Run it in the network of its host (--network host) and let an address of its own move along.";
        }

        if (container.Mode("PidMode") is not ("" or "private"))
        {
            yield return $"The container {name} has no PID namespace of its own (--pid {container.Mode("PidMode")}). Give it one.";
        }

        if (container.Mode("IpcMode") is not ("" or "private" or "shareable" or "none"))
        {
            yield return $"The container {name} has no IPC namespace of its own (--ipc {container.Mode("IpcMode")}). Give it one.";
        }

        if (container.Mode("UTSMode") is not ("" or "private"))
        {
            yield return $"The container {name} has no UTS namespace of its own (--uts {container.Mode("UTSMode")}). Give it one.";
        }

        if (container.Mode("UsernsMode") is not ("" or "host"))
        {
            yield return $"The container {name} has a user namespace (--userns {container.Mode("UsernsMode")}), which is not supported for containers. Run it without one.";
        }

        string[] others = [.. all.Where(one => one.Dependencies.Contains(container.Id)).Select(static one => one.Name)];
        if (others.Length > 0)
        {
            yield return $"The container {name} is needed by others ({string.Join(", ", others)}), which have namespaces or volumes of it and would stay. Remove these first, or make them without it.";
        }

        if (container.Dependencies.Any())
        {
            yield return $"The container {name} has namespaces or volumes of other containers, which would stay ({string.Join(", ", container.Dependencies.Select(id => all.FirstOrDefault(one => one.Id == id)?.Name ?? id))}). Make it without them.";
        }
    }

    private static string Some(IReadOnlyList<string> paths) => string.Join(", ", paths) + (paths.Count >= UpperFiles.Named ? ", ..." : string.Empty);
}
