namespace U2CMigration.Containers.Runtimes;

/// <summary>What the source tells the destination of a container, see <see cref="Core.Owners.TreeDescription.Properties"/>.</summary>
internal static class DescriptionKeys
{
    public const string Bundle = "bundle";
    public const string Configuration = "configuration";
    public const string Descriptors = "descriptors";

    /// <summary>The namespace on the destination that the caller has prepared.</summary>
    public const string NetworkNamespace = "network-namespace";

    /// <summary>The bridge on the destination.</summary>
    public const string Bridge = "bridge";
}
