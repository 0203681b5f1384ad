using U2CMigration.Criu.Options;

namespace U2CMigration.Core.Sessions;

/// <summary>What becomes of the workload's control groups.</summary>
public sealed record CriuCgroupSettings
{
    /// <summary>Whether the groups and their properties move along.</summary>
    /// <value>
    /// Default: <see cref="CriuCgroupMode.Ignore"/>: the workload gets a group of its own on the destination, or that of <c>MigrationReceiverOptions.CgroupDirectory</c>. The destination is told the
    /// source's mode; another one that it is given itself counts, and a <c>CgroupDirectory</c> always does. A <c>manage-cgroups</c> in CRIU's configuration files takes the place of the default.
    /// </value>
    public CriuCgroupMode Mode { get; init; } = CriuCgroupMode.Ignore;

    /// <summary>Under which group the groups of the workload are made; destination only.</summary>
    /// <value>Default: empty, where they were.</value>
    public IReadOnlyList<CriuCgroupRoot> Roots { get; init; } = [];

    /// <summary>The directory in which the control group file systems are mounted already. Destination only.</summary>
    /// <value>Default: empty, CRIU mounts them for the time of the restore.</value>
    public string Yard { get; init; } = string.Empty;

    internal void AddProblems(List<string> problems)
    {
        if (!Enum.IsDefined(Mode))
        {
            problems.Add($"{nameof(Mode)} is {(int)Mode}; use a value of {nameof(CriuCgroupMode)}.");
        }

        if (Roots.Any(static root => root.Path is not { Length: > 0 } path || path[0] != '/'))
        {
            problems.Add($"{nameof(Roots)} has a path that does not begin with '/'; name a group as in /proc/PID/cgroup, for example '/machines'.");
        }

        if (Roots.Count > 0 && Mode == CriuCgroupMode.Ignore)
        {
            problems.Add($"{nameof(Roots)} has no effect while {nameof(Mode)} is {nameof(CriuCgroupMode.Ignore)}; choose another mode, {nameof(CriuCgroupMode.Soft)} for example.");
        }

        if (Yard.Length > 0 && !Path.IsPathFullyQualified(Yard))
        {
            problems.Add($"{nameof(Yard)} is '{Yard}'; it must be an absolute path.");
        }
    }
}
