using U2CMigration.Testing;

namespace U2CMigration.EndToEndTests.Migration;

/// <summary>Programs of this solution that are built along, to be run inside the hosts of a rig.</summary>
internal static class ProgramInHosts
{
    private static readonly string Published = RepositoryRoot.File("artifacts", "samples", "MigrationAgent", "MigrationAgent");

    /// <summary>The command of the sample agent: the published one where <c>U2C_PUBLISHED_AGENT</c> is 1, as users have it, since compiling at run time would lie in the downtime and in each test.</summary>
    public static IReadOnlyList<string> Agent { get; } =
        Environment.GetEnvironmentVariable("U2C_PUBLISHED_AGENT") == "1" && File.Exists(Published) ? [Published] : ["dotnet", "exec", Path("MigrationAgent")];

    /// <summary>The assembly of a project, for <c>dotnet exec</c>.</summary>
    public static string Path(string project) => System.IO.Path.GetFullPath(
        System.IO.Path.Combine(AppContext.BaseDirectory, "..", "..", project, System.IO.Path.GetFileName(AppContext.BaseDirectory.TrimEnd('/')), $"{project}.dll"));
}
