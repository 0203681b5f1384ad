using U2CMigration.Testing;

namespace U2CMigration.Core.Tests.Architecture;

/// <summary>The sources of the projects that are shipped.</summary>
internal static class ProjectFolders
{
    public static IReadOnlyList<string> Projects =>
        [.. Directory.EnumerateFiles(Path.Combine(RepositoryRoot.Path, "src"), "*.csproj", SearchOption.AllDirectories).Select(static path => Path.GetFileNameWithoutExtension(path)).Order(StringComparer.Ordinal)];

    public static IReadOnlyList<SourceText> Read(string project)
    {
        string root = Path.Combine(RepositoryRoot.Path, "src", project);
        return [.. Directory.EnumerateFiles(root, "*.cs", SearchOption.AllDirectories)
            .Select(path => (Path.GetRelativePath(root, path), path))
            .OrderBy(static file => file.Item1, StringComparer.Ordinal)
            .Select(static file => new SourceText(file.Item1, File.ReadAllText(file.path)))];
    }
}
