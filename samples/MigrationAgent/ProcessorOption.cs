using System.CommandLine;

namespace MigrationAgent;

/// <summary><c>--allow-missing-cpu-features</c>.</summary>
public static class ProcessorOption
{
    public static Option<bool> Create() => new("--allow-missing-cpu-features")
    {
        Description = "Move a workload also to processors that lack instructions which those of this host have; a program that uses one there ends. The result names them.",
    };
}
