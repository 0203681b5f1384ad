using System.Globalization;
using U2CMigration.PageTracking.Processes;

namespace U2CMigration.Containers.Runtimes;

/// <summary>The processes in the PID namespace of a container.</summary>
internal static class Residents
{
    /// <summary>Those that are no descendants of its first process: they came from outside (<c>exec</c>), would not be dumped, and end with it.</summary>
    public static IReadOnlyList<int> Strangers(int rootProcessId)
    {
        if (NamespaceOf(rootProcessId) is not { } own)
        {
            return [];
        }

        var strangers = new List<int>();

        // This program may have a child there, for the time of the dump.
        HashSet<int> tree = [.. ProcessTree.List(rootProcessId), .. ProcessTree.List(Environment.ProcessId)];
        foreach (string directory in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(directory), NumberStyles.None, CultureInfo.InvariantCulture, out int processId) && !tree.Contains(processId) && NamespaceOf(processId) == own
                && ProcessTree.TryReadStat(processId, out ProcessStat stat) && !stat.HasEnded)
            {
                strangers.Add(processId);
            }
        }

        // What was forked in the meantime.
        return strangers.Count == 0 ? strangers : [.. strangers.Except(ProcessTree.List(rootProcessId))];
    }

    private static string? NamespaceOf(int processId)
    {
        try
        {
            return new FileInfo(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/ns/pid")).LinkTarget;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
