using System.Globalization;
using U2CMigration.Core.Freezing;

namespace U2CMigration.Core.CarriedState.Attributes;

/// <summary>The limits that control groups set a process, in both versions of control groups; a group is limited by those above it too.</summary>
internal static class GroupLimits
{
    /// <summary>Version 1 has no word for "no limit" of memory, only a number that no machine has.</summary>
    private const double NoMemoryLimit = 1L << 62;

    /// <summary>The name of each limit, the files in which it stands (version 2, then version 1 with its controller), and how they are read.</summary>
    private static readonly (string Name, string File, string Controller, string OldFile, Func<string, string, double?> Read)[] Known =
    [
        ("processes (pids.max)", "pids.max", "pids", "pids.max", ReadNumber),
        ("bytes of memory (memory.max)", "memory.max", "memory", "memory.limit_in_bytes", ReadNumber),
        ("bytes of memory before it is slowed down (memory.high)", "memory.high", "", "", ReadNumber),
        ("bytes of swap (memory.swap.max)", "memory.swap.max", "", "", ReadNumber),
        ("processors' time (cpu.max)", "cpu.max", "cpu", "cpu.cfs_quota_us", ReadProcessorTime),
        ("processors (cpuset.cpus)", "cpuset.cpus.effective", "cpuset", "cpuset.effective_cpus", ReadProcessors),
    ];

    /// <summary>The limits of some processes, the tightest of each kind.</summary>
    public static IReadOnlyDictionary<string, string> Of(IEnumerable<int> processIds)
    {
        var tightest = new Dictionary<string, double>();
        foreach (string membership in processIds.Select(static process => ProcText.TryRead(process, "cgroup")).OfType<string>().Distinct())
        {
            var groups = new CgroupDirectories(membership, File.ReadAllText("/proc/self/mountinfo"));
            foreach ((string name, string file, string controller, string oldFile, Func<string, string, double?> read) in Known)
            {
                double? limit = Least(groups.Unified, file, read) ?? (controller.Length == 0 ? null : Least(groups.Version1(controller), oldFile, read));
                if (limit is { } value && (!tightest.TryGetValue(name, out double other) || value < other))
                {
                    tightest[name] = value;
                }
            }
        }

        return tightest.ToDictionary(static one => one.Key, static one => one.Value.ToString("R", CultureInfo.InvariantCulture));
    }

    /// <summary>What a workload was limited in and is not any more.</summary>
    /// <param name="before">The limits that it had.</param>
    /// <param name="now">Those that it has.</param>
    /// <returns>A sentence for people; null when nothing is lost.</returns>
    public static string? Lost(IReadOnlyDictionary<string, string> before, IReadOnlyDictionary<string, string> now)
    {
        string[] lost = [.. before.Where(limit => !now.TryGetValue(limit.Key, out string? here) || Number(here) > Number(limit.Value)).Select(static limit => $"{limit.Value} {limit.Key}")];
        return lost.Length == 0
            ? null
            : $"The control groups of the workload had limits that it does not have any more: {string.Join(", ", lost)}. Make a control group with these limits and have the receiver put workloads into it (CgroupDirectory; agent: --cgroup), or have CRIU restore the groups (CriuCgroupSettings; agent: --cgroup-mode).";
    }

    /// <summary>The processors that the control group of a thread leaves it; none where it says nothing.</summary>
    public static IReadOnlyList<int> ProcessorsOf(int threadId)
    {
        if (ProcText.TryRead(threadId, "cgroup") is not { } membership)
        {
            return [];
        }

        var groups = new CgroupDirectories(membership, File.ReadAllText("/proc/self/mountinfo"));
        string?[] files = [groups.Unified is { } unified ? Path.Combine(unified, "cpuset.cpus.effective") : null, groups.Version1("cpuset") is { } old ? Path.Combine(old, "cpuset.effective_cpus") : null];
        return files.OfType<string>().Where(File.Exists).Select(static file => ProcessorSet.Parse(File.ReadAllText(file).Trim())).FirstOrDefault(static processors => processors.Count > 0) ?? [];
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    /// <summary>The least limit of a group and those above it.</summary>
    private static double? Least(string? group, string file, Func<string, string, double?> read)
    {
        double? least = null;
        for (string? directory = group; directory is not null && File.Exists(Path.Combine(directory, "cgroup.procs")); directory = Path.GetDirectoryName(directory))
        {
            string path = Path.Combine(directory, file);
            if (File.Exists(path) && read(directory, File.ReadAllText(path).Trim()) is { } limit && !(limit > least))
            {
                least = limit;
            }
        }

        return least;
    }

    private static double? ReadNumber(string group, string text) =>
        double.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out double value) && value < NoMemoryLimit ? value : null;

    /// <summary>Quota and period, in one file or in two.</summary>
    private static double? ReadProcessorTime(string group, string text)
    {
        string[] fields = text.Split(' ');
        string period = fields.Length > 1 ? fields[1] : File.ReadAllText(Path.Combine(group, "cpu.cfs_period_us")).Trim();
        return double.TryParse(fields[0], NumberStyles.None, CultureInfo.InvariantCulture, out double quota) ? quota / double.Parse(period, CultureInfo.InvariantCulture) : null;
    }

    private static double? ReadProcessors(string group, string text)
    {
        int count = ProcessorSet.Parse(text).Count;
        return count > 0 && count < Environment.ProcessorCount ? count : null;
    }
}
