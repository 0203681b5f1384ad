using U2CMigration.EndToEndTests.Migration;
using U2CMigration.Testing;

namespace U2CMigration.EndToEndTests.Services;

/// <summary>The agent as services are moved with it: the published one where it is there, as users have it, since compiling at run time would lie in the downtime.</summary>
internal static class ServiceAgent
{
    private static readonly string Published = RepositoryRoot.File("artifacts", "samples", "MigrationAgent", "MigrationAgent");

    private static string[] Program =>
        Environment.GetEnvironmentVariable("U2C_PUBLISHED_AGENT") == "1" && File.Exists(Published) ? [Published] : ["dotnet", "exec", ProgramInHosts.Path("MigrationAgent")];

    public static string[] Receive(string cgroup) =>
        [.. Program, "receive", "--listen", $"0.0.0.0:{Agents.Port}", "--allow-unauthenticated", "--address", Agents.Address, "--cgroup", cgroup, "--json-lines"];

    public static string[] Send(int processId, string destination, params string[] options) =>
        [.. Program, "send", "--pid", $"{processId}", "--to", $"{destination}:{Agents.Port}", "--allow-unauthenticated", "--address", Agents.Address, "--verify", "--json-lines", .. options];

    public static string[] Check(int processId) => [.. Program, "check", "--pid", $"{processId}", "--address", Agents.Address, "--json-lines"];
}
