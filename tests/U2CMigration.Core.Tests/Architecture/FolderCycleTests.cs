namespace U2CMigration.Core.Tests.Architecture;

/// <summary>No two folders of a project need each other: what a folder is for can be read, tested and changed without the ones above it.</summary>
public sealed class FolderCycleTests
{
    public static TheoryData<string> Projects => [.. ProjectFolders.Projects];

    [Theory]
    [MemberData(nameof(Projects))]
    public void FoldersOfAProject_HaveNoCycle(string project)
    {
        var graph = new FolderGraph(ProjectFolders.Read(project));

        IReadOnlyList<string> cycle = graph.ShortestCycle();

        cycle.Should().BeEmpty(
            "folders of {0} must not need each other, and these do: {1}.\n{2}\nMove what both need into a folder that depends on neither, or hand over the values instead of the type",
            project,
            string.Join(" -> ", cycle),
            string.Join('\n', cycle.Zip(cycle.Skip(1), (from, to) => $"{from} -> {to}:\n{graph.Why(from, to)}")));
    }
}
