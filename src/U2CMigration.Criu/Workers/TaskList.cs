using System.Globalization;

namespace U2CMigration.Criu.Workers;

/// <summary>Lists processes, by <c>/proc</c>.</summary>
internal static class TaskList
{
    private const int StartTimeField = 22;

    /// <summary>A process and all its descendants. Complete only while they are stopped.</summary>
    internal static List<int> TreeOf(int rootProcessId)
    {
        List<int> tree = [rootProcessId];
        for (int index = 0; index < tree.Count; index++)
        {
            tree.AddRange(ChildrenOf(tree[index]));
        }

        return tree;
    }

    /// <summary>The children of a process; none when it has ended.</summary>
    internal static List<int> ChildrenOf(int processId)
    {
        var children = new List<int>();
        try
        {
            // A child belongs to the thread that made it.
            foreach (string thread in Directory.EnumerateDirectories(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/task")))
            {
                foreach (string child in File.ReadAllText(Path.Combine(thread, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries))
                {
                    children.Add(int.Parse(child, CultureInfo.InvariantCulture));
                }
            }
        }
        catch (IOException)
        {
            // It has ended meanwhile.
        }

        return children;
    }

    /// <summary>When a process began, in ticks since the machine did; null when it has ended, collected or not.</summary>
    internal static ulong? StartTimeOf(int processId)
    {
        try
        {
            // proc_pid_stat(5): the second field is a name in brackets, which may contain anything.
            string stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/stat"));
            string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return fields[0] is "Z" or "X" ? null : ulong.Parse(fields[StartTimeField - 3], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return null;
        }
    }
}
