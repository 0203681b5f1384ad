using System.Globalization;
using U2CMigration.Core.Interop;
using U2CMigration.PageTracking.Processes;

namespace U2CMigration.Core.Preflight;

/// <summary>Whether the limits of processes that run as other users may be read and set, which prlimit(2) allows to CAP_SYS_RESOURCE only.</summary>
internal static class ForeignUserCheck
{
    private const int ResourceCapability = 24;

    /// <summary>Names the first process whose limits may not be read.</summary>
    public static void Check(IEnumerable<int> tree, List<string> problems)
    {
        ulong capabilities = ProcessTree.TryReadStatus(Environment.ProcessId)?.EffectiveCapabilities ?? ulong.MaxValue;
        if ((capabilities >> ResourceCapability & 1) != 0 || IdsOf(Environment.ProcessId) is not { } own)
        {
            return;
        }

        foreach (int processId in tree)
        {
            // In a user namespace that was made from here they may be reached all the same.
            if (IdsOf(processId) is { } ids && Foreign(ids, own) is { } user && !LimitCalls.MayReach(processId))
            {
                problems.Add($"Process {processId} ({ProcessTree.TryReadStatus(processId)?.Name}) runs as {user}, and its limits may be read and set only with CAP_SYS_RESOURCE, which this program does not have here. Grant it on both hosts.");
                return;
            }
        }
    }

    /// <summary>What differs from the reader's own real user and group, as the kernel compares them; null for nothing.</summary>
    internal static string? Foreign((int[] Users, int[] Groups) ids, (int[] Users, int[] Groups) own)
    {
        int foreignUser = Array.FindIndex(ids.Users, id => id != own.Users[0]);
        int foreignGroup = Array.FindIndex(ids.Groups, id => id != own.Groups[0]);
        return foreignUser >= 0 ? $"user {ids.Users[foreignUser]}" : foreignGroup >= 0 ? $"group {ids.Groups[foreignGroup]}" : null;
    }

    /// <summary>Real, effective and saved ids, from <c>/proc/PID/status</c>.</summary>
    private static (int[] Users, int[] Groups)? IdsOf(int processId)
    {
        try
        {
            string[] lines = File.ReadAllLines($"/proc/{processId}/status");
            return (Parse(lines, "Uid:"), Parse(lines, "Gid:"));
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static int[] Parse(string[] lines, string field) =>
        [.. lines.First(line => line.StartsWith(field, StringComparison.Ordinal))[field.Length..].Split('\t', StringSplitOptions.RemoveEmptyEntries).Take(3)
            .Select(static id => unchecked((int)uint.Parse(id, CultureInfo.InvariantCulture)))];
}
