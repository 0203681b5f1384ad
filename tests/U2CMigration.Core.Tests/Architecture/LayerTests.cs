using System.Text.RegularExpressions;
using U2CMigration.Testing;

namespace U2CMigration.Core.Tests.Architecture;

/// <summary>The folders of Core are in the layers of docs/architecture.md, and depend downwards only.</summary>
public sealed partial class LayerTests
{
    private const string Project = "U2CMigration.Core";

    private static readonly IReadOnlyList<SourceText> Files = ProjectFolders.Read(Project);
    private static readonly (string Layer, string[] Folders)[] Layers = [.. Row().Matches(File.ReadAllText(RepositoryRoot.File("docs", "architecture.md")))
        .Select(static row => (row.Groups[1].Value, Folder().Matches(row.Groups[2].Value).Select(static one => one.Groups[1].Value).ToArray()))];

    [Fact]
    public void EveryFolder_IsInOneLayer() =>
        Layers.SelectMany(static layer => layer.Folders).Should().BeEquivalentTo(new FolderGraph(Files).Folders, "the table of layers in docs/architecture.md names each folder once");

    [Fact]
    public void AFolder_DependsOnNoHigherLayer()
    {
        var graph = new FolderGraph(Files);

        string[] upwards = [.. graph.Dependencies.Where(static one => LayerOf(one.From) > LayerOf(one.To)).Select(one => $"{one.From} -> {one.To}:\n{graph.Why(one.From, one.To)}")];

        upwards.Should().BeEmpty("docs/architecture.md puts these folders above the ones that use them");
    }

    [Fact]
    public void ATypeThatIsNotPublic_HasTheNamespaceOfItsFolder() =>
        Files.Where(static file => !file.HasPublicTypes && file.Namespace != $"{Project}.{Path.GetDirectoryName(file.Path)!.Replace('/', '.')}").Select(static file => $"{file.Path}: {file.Namespace}").Should().BeEmpty();

    private static int LayerOf(string folder) => Array.FindIndex(Layers, layer => layer.Folders.Contains(folder));

    /// <summary>A row of the table: a name, and names of folders.</summary>
    [GeneratedRegex(@"^\| (\w+) \| ((?:`\w+` ?)+)\|", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex(@"`(\w+)`")]
    private static partial Regex Folder();
}
