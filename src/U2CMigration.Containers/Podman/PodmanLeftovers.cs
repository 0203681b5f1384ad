using U2CMigration.Containers.Destination;
using U2CMigration.Containers.Runtimes;

namespace U2CMigration.Containers.Podman;

/// <summary>Removes what podman leaves of a restore that has come to nothing: the container, which it has made and not started.</summary>
internal sealed class PodmanLeftovers(string root, string id, string name, string lowRuntime) : ILeftovers
{
    public string Remedy => $"Look whether 'podman ps' names {name}; if not, end its processes when it may stop, and start it again.";

    /// <summary>Whether the name or the id belong to a container of this host; null where they do not.</summary>
    public async Task<string?> FindTakenAsync(CancellationToken cancellationToken)
    {
        foreach (string taken in (string[])[name, id])
        {
            if ((await PodmanContainer.ReadAsync(root, taken, cancellationToken).ConfigureAwait(false)).Container is { } other && (other.Name == name || other.Id == id))
            {
                return $"podman has a container {other.Name} on this host already ({other.Status}). Remove it (podman rm {other.Name}), or give one of the two another name.";
            }
        }

        return null;
    }

    public async Task RemoveAsync(IEnumerable<string> controlGroups, bool isOurs)
    {
        // By its id: another one may have got its name in the meantime. Without volumes it would leave those that have no name.
        await RuntimeCommand.RunAsync(ContainerRuntime.Podman, PodmanArguments.Remove(root, id, force: isOurs, volumes: true), CancellationToken.None).ConfigureAwait(false);
        if (isOurs && ContainerRuntime.Find(lowRuntime) is { } low)
        {
            // Where podman was killed it has not told it.
            await RuntimeCommand.RunAsync(low, RuntimeArguments.Delete(string.Empty, id, force: true), CancellationToken.None).ConfigureAwait(false);
        }

        EmptyGroups.Remove(controlGroups);
    }
}
