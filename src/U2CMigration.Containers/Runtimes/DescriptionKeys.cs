<<<<<<<< HEAD:src/U2CMigration.Containers/Runtimes/DescriptionKeys.cs
namespace U2CMigration.Containers.Runtimes;
========
namespace U2CMigration.Containers.Options;
>>>>>>>> 1206960 (Containers: folders without cycles, the answer of a runtime that ends at once is waited for):src/U2CMigration.Containers/Options/DescriptionKeys.cs

/// <summary>What the source tells the destination of a container, see <see cref="Core.Owners.TreeDescription.Properties"/>.</summary>
internal static class DescriptionKeys
{
    public const string Bundle = "bundle";
    public const string Configuration = "configuration";
    public const string Descriptors = "descriptors";
}
