namespace U2CMigration.EndToEndTests.Migration;

/// <summary>Programs of this solution that are built along, to be run inside the hosts of a rig.</summary>
internal static class ProgramInHosts
{
    /// <summary>The assembly of a project, for <c>dotnet exec</c>.</summary>
    public static string Path(string project) => System.IO.Path.GetFullPath(
        System.IO.Path.Combine(AppContext.BaseDirectory, "..", "..", project, System.IO.Path.GetFileName(AppContext.BaseDirectory.TrimEnd('/')), $"{project}.dll"));
}
