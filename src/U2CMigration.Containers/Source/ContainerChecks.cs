using U2CMigration.Containers.Bundles;
using U2CMigration.Containers.CarriedFiles;
using U2CMigration.Containers.Interop;
using U2CMigration.Containers.Runtimes;
using U2CMigration.Core.Interop;
using U2CMigration.PageTracking.Processes;

namespace U2CMigration.Containers.Source;

/// <summary>What of a container cannot be moved.</summary>
internal static class ContainerChecks
{
    /// <summary>Why a container in this state cannot be moved; null where it can.</summary>
    public static string? OfState(ContainerState state) => state.Status switch
    {
        "running" => null,
        "paused" => $"The container {state.Id} of {state.Runtime} is paused. Resume it first ({state.Runtime} resume {state.Id}).",
        "created" => $"The container {state.Id} of {state.Runtime} was created and not started. Start it first ({state.Runtime} start {state.Id}), or make it on the destination instead.",
        "stopped" => $"The container {state.Id} of {state.Runtime} has ended: there is nothing in memory to move. Start it on the destination instead.",
        var other => $"The container {state.Id} of {state.Runtime} is in the state '{other}'; only a running one can be moved.",
    };

    /// <summary>What in its configuration is in the way.</summary>
    public static IEnumerable<string> OfBundle(ContainerState state, Bundle bundle, ContainerOptions options)
    {
        if (bundle.HasTerminal)
        {
            yield return $"The container {state.Id} has a terminal (process.terminal of its config.json), whose other end is with a program of this host. Run it without one.";
        }

        if (bundle.Namespace("pid") != string.Empty)
        {
            yield return $"The container {state.Id} has no PID namespace of its own. Give it one (linux.namespaces of its config.json).";
        }

        if (bundle.Namespace("mount") != string.Empty)
        {
            yield return $"The container {state.Id} has no mount namespace of its own. Give it one (linux.namespaces of its config.json).";
        }

        if (bundle.Namespace("user") is not null)
        {
            yield return $"The container {state.Id} has a user namespace, which is not supported for containers. Run it without one.";
        }

        if (bundle.Namespace("network") is { Length: > 0 } network && !NetworkNamespace.IsOther(state.ProcessId))
        {
            yield return $"The container {state.Id} is put into the network of this host by a path ({network} in its config.json), which means another one elsewhere. Leave 'network' out of linux.namespaces to have it in the network of its host, on both hosts.";
        }

        HashSet<string> carried = [.. options.Volumes.Select(static volume => volume.TrimEnd('/'))];
        if (bundle.Binds.Where(bind => bind.IsWritable && !carried.Contains(bind.Destination.TrimEnd('/'))).Select(static bind => $"{bind.Source} at {bind.Destination}").ToList() is { Count: > 0 } binds && !options.FilesAreThere)
        {
            yield return $"The container {state.Id} may write to directories of this host ({string.Join(", ", binds)}), which were not named. Name them to let them travel ({nameof(ContainerOptions)}.{nameof(ContainerOptions.Volumes)}; agent: --volume {bundle.Binds.First(bind => bind.IsWritable && !carried.Contains(bind.Destination.TrimEnd('/'))).Destination}); or say that both hosts see them with {nameof(ContainerOptions.FilesAreThere)} (agent: --files-are-there); or mount them read-only.";
        }
    }

    /// <summary>An overlay whose directories lie on several file systems gives its files device numbers that are not its own, by which CRIU does not find them again when the container is frozen; null where its program is on none.</summary>
    public static string? OfLayers(ContainerState state)
    {
        string root = $"/proc/{state.ProcessId}/root";
        if (MountTable.At(File.ReadLines($"/proc/{state.ProcessId}/mountinfo"), "/") is not { FileSystem: "overlay" } || new FileInfo($"/proc/{state.ProcessId}/exe").LinkTarget is not { } program)
        {
            return null;
        }

        bool isOnAnotherMount = File.ReadLines($"/proc/{state.ProcessId}/mountinfo").Select(static line => line.Split(' ')[4]).Any(mount => mount != "/" && program.StartsWith(mount + "/", StringComparison.Ordinal));
        return isOnAnotherMount || FileIdentity.FileSystemOf(root + program) is not { } ofProgram || FileIdentity.FileSystemOf(root + "/") == ofProgram
            ? null
            : $"The root of the container {state.Id} is an overlay whose directories lie on different file systems, so that CRIU cannot tell on which mount {program} is. Put lower and upper directories on one file system, or mount the overlay with xino=on.";
    }

    /// <summary>Why a container that runs cannot be moved with these files, a sentence each.</summary>
    public static IReadOnlyList<string> Of(ContainerState state, Bundle bundle, DepartingTrees trees, ContainerOptions options) =>
        [.. OfBundle(state, bundle, options), .. trees.Problems, .. OfLayers(state) is { } layers ? (string[])[layers] : [], .. OfRunning(state, bundle, options, trees.HaveRoot)];

    /// <summary>What comes and goes while it runs.</summary>
    public static IEnumerable<string> OfRunning(ContainerState state, Bundle bundle, ContainerOptions options, bool rootTravels)
    {
        if (Residents.Strangers(state.ProcessId) is { Count: > 0 } strangers)
        {
            string names = string.Join(", ", strangers.Select(static process => $"process {process} ({ProcessTree.TryReadStatus(process)?.Name ?? "ended"})"));
            yield return $"In the container {state.Id} runs what was started from outside ({state.Runtime} exec): {names}. It belongs to a program of this host and does not move; end it first.";
        }

        if (ForeignFiles.Find(state.ProcessId) is { Count: > 0 } foreign)
        {
            yield return $"The container {state.Id} has files of this host open that lie on no mount of its own: {string.Join(", ", foreign)}. Start it with /dev/null as its standard streams, or let it write to a file on a mount.";
        }

        if (!rootTravels && !options.FilesAreThere && ChangedFiles.Find(state.ProcessId, bundle.RootFileSystem, state.Created) is { Count: > 0 } changed)
        {
            yield return $"The container {state.Id} has changed its root file system ({string.Join(", ", changed)}{(changed.Count > 2 ? ", ..." : string.Empty)}), which is no overlay of its own. Let the whole root file system travel ({nameof(ContainerOptions)}.{nameof(ContainerOptions.Volumes)} with /; agent: --volume /); or put it on storage that both hosts see, or copy the changes yourself, and say so with {nameof(ContainerOptions.FilesAreThere)} (agent: --files-are-there).";
        }
    }
}
