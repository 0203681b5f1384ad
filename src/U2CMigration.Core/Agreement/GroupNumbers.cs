using System.Globalization;
using U2CMigration.PageTracking.Processes;

namespace U2CMigration.Core.Agreement;

/// <summary>The process groups and sessions of processes.</summary>
internal static class GroupNumbers
{
    private const int GroupField = 2;
    private const int SessionField = 3;

    /// <summary>Those that a restore makes again although their leader has ended.</summary>
    /// <param name="tree">The processes, the root first.</param>
    /// <param name="joinsSession">Whether the session and group that the root has from outside are replaced by those of CRIU.</param>
    public static IReadOnlyList<int> Of(IReadOnlyList<int> tree, bool joinsSession)
    {
        var numbers = new SortedSet<int>();
        (int rootGroup, int rootSession) = Read(tree[0]) ?? (0, 0);
        foreach (int processId in tree)
        {
            if (Read(processId) is ({ } group, { } session))
            {
                numbers.Add(group);
                numbers.Add(session);
            }
        }

        if (joinsSession && rootSession != tree[0])
        {
            numbers.Remove(rootGroup);
            numbers.Remove(rootSession);
        }

        // Where the leader lives outside, it is no number of this workload.
        numbers.RemoveWhere(number => number <= 0 || tree.Contains(number) || ProcessTree.TryReadStat(number, out _));
        return [.. numbers];
    }

    /// <summary>Group and session of a process; null when it has ended.</summary>
    public static (int Group, int Session)? Read(int processId)
    {
        try
        {
            return Parse(File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/stat")));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Reads <c>/proc/PID/stat</c>; the name before the last parenthesis may hold blanks.</summary>
    internal static (int Group, int Session)? Parse(string stat)
    {
        string[] fields = stat[(stat.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return fields.Length > SessionField
            && int.TryParse(fields[GroupField], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int group)
            && int.TryParse(fields[SessionField], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int session)
            ? (group, session)
            : null;
    }
}
