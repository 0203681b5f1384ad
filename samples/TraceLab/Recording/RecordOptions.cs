using System.CommandLine;

namespace TraceLab.Recording;

/// <summary>The options of <c>record</c>.</summary>
internal sealed class RecordOptions
{
    internal Option<int?> ProcessId { get; } = new("--pid") { Description = "Record a process that runs already, with its children." };

    internal Option<string?> Workload { get; } = new("--workload") { Description = "Start this workload and record it." };

    internal Option<string> Load { get; } = new("--load") { Description = "light, medium or saturating.", DefaultValueFactory = _ => "medium" };

    internal Option<int> MemoryMebibytes { get; } = new("--memory-mib") { Description = "Memory of the workload.", DefaultValueFactory = _ => 96 };

    internal Option<int> IntervalMilliseconds { get; } = new("--interval-ms") { Description = "Time between two samples.", DefaultValueFactory = _ => 250 };

    internal Option<int> Samples { get; } = new("--samples") { Description = "How many samples, the first included.", DefaultValueFactory = _ => 101 };

    internal Option<int> WarmUpMilliseconds { get; } = new("--warm-up-ms") { Description = "How long a workload runs before the first sample.", DefaultValueFactory = _ => 2000 };

    internal Option<string> Family { get; } = new("--family") { Description = "The family, for --pid.", DefaultValueFactory = _ => "other" };

    internal Option<string> Description { get; } = new("--description") { Description = "Goes into the header.", DefaultValueFactory = _ => "" };

    internal Option<FileInfo> Out { get; } = new("--out") { Description = "The file to write.", Required = true };
}
