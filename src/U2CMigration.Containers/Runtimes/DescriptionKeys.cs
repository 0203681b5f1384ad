namespace U2CMigration.Containers.Runtimes;

/// <summary>What the source tells the destination of a container, see <see cref="Core.Owners.TreeDescription.Properties"/>.</summary>
internal static class DescriptionKeys
{
    public const string Bundle = "bundle";
    public const string Configuration = "configuration";
    public const string Descriptors = "descriptors";
}
