using U2CMigration.EndToEndTests.Migration;

namespace U2CMigration.EndToEndTests.Services;

/// <summary>The agent as services are moved with it: the published one where it is there, as users have it, since compiling at run time would lie in the downtime.</summary>
internal static class ServiceAgent
{
    public static string[] Receive(string cgroup) =>
        [.. ProgramInHosts.Agent, "receive", "--listen", $"0.0.0.0:{Agents.Port}", "--allow-unauthenticated", "--address", Agents.Address, "--cgroup", cgroup, "--json-lines"];

    public static string[] Send(int processId, string destination, params string[] options) =>
        [.. ProgramInHosts.Agent, "send", "--pid", $"{processId}", "--to", $"{destination}:{Agents.Port}", "--allow-unauthenticated", "--address", Agents.Address, "--verify", "--json-lines", .. options];

    public static string[] Check(int processId) => [.. ProgramInHosts.Agent, "check", "--pid", $"{processId}", "--address", Agents.Address, "--json-lines"];
}
