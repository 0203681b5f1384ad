using System.CommandLine;

namespace MigrationAgent;

/// <summary><c>--allow-losing-protections</c>.</summary>
public static class ProtectionOption
{
    public static Option<bool> Create() => new("--allow-losing-protections") { Description = "Move a workload also where a protection of it (a Landlock sandbox for example) cannot be kept; the result names what was lost." };
}
