using System.Globalization;
using U2CMigration.Core.Receiving;
using U2CMigration.PageTracking.Processes;

namespace U2CMigration.Core.Agreement;

/// <summary>Reads the privileges of a running tree, to be offered.</summary>
internal static class TreePrivileges
{
    private const int Filter = 2;

    private static readonly (string Link, RequiredNamespaces Kind)[] Kinds =
    [
        ("pid", RequiredNamespaces.Pid), ("mnt", RequiredNamespaces.Mount), ("net", RequiredNamespaces.Network), ("ipc", RequiredNamespaces.Ipc), ("uts", RequiredNamespaces.Uts), ("user", RequiredNamespaces.User),
    ];

    /// <summary>The privileges of its threads, each kind once, with the first that has it.</summary>
    public static IReadOnlyList<WorkloadPrivileges> Of(IEnumerable<int> tree)
    {
        var found = new Dictionary<string, WorkloadPrivileges>();
        foreach (int processId in tree)
        {
            foreach (int thread in ProcessTree.Threads(processId))
            {
                if (Read(processId, thread) is { } privileges)
                {
                    found.TryAdd(PrivilegeTraits.Of([privileges with { Who = string.Empty }], RequiredNamespaces.None).First(), privileges);
                }
            }
        }

        return [.. found.Values];
    }

    /// <summary>The namespaces of a process that are not those of this one.</summary>
    public static RequiredNamespaces OwnOf(int processId)
    {
        RequiredNamespaces own = RequiredNamespaces.None;
        foreach ((string link, RequiredNamespaces kind) in Kinds)
        {
            own |= LinkOf(processId, link) is { } theirs && theirs != LinkOf(Environment.ProcessId, link) ? kind : RequiredNamespaces.None;
        }

        return own;
    }

    /// <summary>Parses what the kernel says of a thread.</summary>
    /// <param name="who">Who it is.</param>
    /// <param name="status">The text of <c>/proc/PID/task/TID/status</c>.</param>
    /// <returns>Null for one that has ended, or where something is missing.</returns>
    internal static WorkloadPrivileges? Parse(string who, string status)
    {
        Dictionary<string, string> lines = [];
        foreach (string line in status.Split('\n'))
        {
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0)
            {
                lines[line[..colon]] = line[(colon + 1)..].Trim();
            }
        }

        string state = lines.GetValueOrDefault("State", string.Empty);
        if (state.Length == 0 || state[0] is 'Z' or 'X')
        {
            return null;
        }

        uint[] users = NumbersOf(lines, "Uid");
        bool hasNoNewPrivileges = lines.GetValueOrDefault("NoNewPrivs") == "1";
        ulong held = SetOf(lines, "CapInh") | SetOf(lines, "CapPrm") | SetOf(lines, "CapEff") | SetOf(lines, "CapAmb");
        return new WorkloadPrivileges(
            $"{who} ({lines.GetValueOrDefault("Name", string.Empty)})",
            users,
            [.. NumbersOf(lines, "Gid").Concat(NumbersOf(lines, "Groups")).Distinct()],
            WorkloadPrivileges.Count(users, held, SetOf(lines, "CapBnd"), hasNoNewPrivileges),
            hasNoNewPrivileges,
            lines.GetValueOrDefault("Seccomp") == Filter.ToString(CultureInfo.InvariantCulture));
    }

    private static WorkloadPrivileges? Read(int processId, int thread)
    {
        string who = string.Create(CultureInfo.InvariantCulture, $"{(processId == thread ? "Process" : "Thread")} {thread}");
        try
        {
            return Parse(who, File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/task/{thread}/status")));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It has ended.
            return null;
        }
    }

    private static uint[] NumbersOf(Dictionary<string, string> lines, string name) =>
        [.. lines.GetValueOrDefault(name, string.Empty).Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries).Select(static text => uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out uint number) ? number : 0).Distinct()];

    private static ulong SetOf(Dictionary<string, string> lines, string name) =>
        ulong.TryParse(lines.GetValueOrDefault(name), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong set) ? set : 0;

    private static string? LinkOf(int processId, string kind)
    {
        try
        {
            return new FileInfo(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/ns/{kind}")).LinkTarget;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
