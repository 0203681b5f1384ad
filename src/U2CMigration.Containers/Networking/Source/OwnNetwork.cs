using U2CMigration.Containers.Bundles;
using U2CMigration.Containers.Networking.Model;
using U2CMigration.Containers.Runtimes;
using U2CMigration.Core.Interop;
using U2CMigration.Core.Owners;

namespace U2CMigration.Containers.Networking.Source;

/// <summary>What a network namespace of its own adds to the description of a container.</summary>
internal static class OwnNetwork
{
    /// <summary>Whether a container has one.</summary>
    public static bool IsOf(ContainerState container, Bundle bundle) => bundle.Namespace("network") is not null && NetworkNamespace.IsOther(container.ProcessId);

    /// <summary>Adds it; the description turns into a refusal where something of it cannot move.</summary>
    /// <param name="tree">The container.</param>
    /// <param name="description">Its description.</param>
    /// <param name="container">As its runtime lists it.</param>
    /// <param name="options">How it is moved.</param>
    /// <param name="plugged">Takes the cables.</param>
    public static OwnedTree AddTo(OwnedTree tree, TreeDescription description, ContainerState container, ContainerOptions options, Action<ContainerCable> plugged)
    {
        var problems = new List<string>();
        var warnings = new List<string>(tree.Warnings);
        NetworkState state = NetworkChecks.Read(container, problems, warnings);
        if (problems.Count > 0)
        {
            return new OwnedTree { RootProcessId = 0, Problems = problems };
        }

        var properties = new Dictionary<string, string>(description.Properties);
        foreach ((string name, string text) in NetworkText.ToProperties(state))
        {
            properties[name] = text;
        }

        if (options.DestinationBridge.Length > 0)
        {
            properties[DescriptionKeys.Bridge] = options.DestinationBridge;
        }

        if (options.DestinationNetworkNamespace.Length > 0)
        {
            properties[DescriptionKeys.NetworkNamespace] = options.DestinationNetworkNamespace;
        }

        var cable = new ContainerCable(container.Id, container.ProcessId, state);
        plugged(cable);
        return tree with
        {
            Dump = tree.Dump?.ForOwnNetwork(ContainerCable.PathOf(container.ProcessId)),
            Description = description with { HasOwnNetwork = true, Properties = properties },
            Network = cable,
            Warnings = warnings,
        };
    }
}
