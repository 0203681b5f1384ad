using U2CMigration.Containers.Bundles;
using U2CMigration.Containers.Networking.Model;
using U2CMigration.Core.Handover;
using U2CMigration.Core.Owners;
using U2CMigration.Criu.Rpc;

namespace U2CMigration.Containers.Networking.Destination;

/// <summary>The network of a container on the destination, and how CRIU comes by it: from the runtime, where the configuration names the namespace, and from here otherwise.</summary>
internal sealed class ArrivingNetwork : IDisposable
{
    private readonly NetworkPlug _plug;
    private readonly bool _isGivenByRuntime;

    private ArrivingNetwork(NetworkPlug plug, bool isGivenByRuntime) => (_plug, _isGivenByRuntime) = (plug, isGivenByRuntime);

    public IArrivingAddress Address => _plug;

    /// <summary>The namespace, by a path.</summary>
    public string Path => _plug.Path;

    /// <summary>Prepares it, before the runtime looks for it; null for a container in the network of its host.</summary>
    /// <exception cref="IOException">It cannot be made.</exception>
    public static ArrivingNetwork? Prepare(TreeDescription tree, Bundle bundle, ContainerHostOptions options)
    {
        if (!tree.HasOwnNetwork)
        {
            return null;
        }

        NetworkState state = NetworkText.Parse(tree) ?? throw new IOException($"The source does not say what the network of the container {tree.Name} is. Update it.");
        var place = NetworkPlace.Of(tree, bundle, options);
        return new ArrivingNetwork(NetworkPlug.Prepare(place, state), bundle.Namespace("network") is { Length: > 0 });
    }

    /// <summary>Gives it to the CRIU that waits.</summary>
    /// <returns>The request with it.</returns>
    public async Task<RuntimeRequest> GiveAsync(RuntimeRestore restore, CancellationToken cancellationToken)
    {
        if (_isGivenByRuntime)
        {
            return restore.Request.WithOwnNetwork(null);
        }

        IReadOnlyList<int> numbers = await restore.Restore.GiveAsync([_plug.Namespace], cancellationToken).ConfigureAwait(false);
        return restore.Request.WithOwnNetwork(numbers[0]);
    }

    /// <summary>The container runs in it.</summary>
    public void Keep() => _plug.Keep();

    public void Dispose() => _plug.Dispose();
}
