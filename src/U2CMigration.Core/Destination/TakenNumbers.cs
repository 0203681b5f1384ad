using U2CMigration.Core.Agreement;
using U2CMigration.Core.Inventory;
using U2CMigration.PageTracking.Processes;

namespace U2CMigration.Core.Destination;

/// <summary>Which numbers of processes, threads, groups and sessions are taken on this host: they all come from one supply.</summary>
internal sealed class TakenNumbers
{
    private readonly Dictionary<int, string> _holders = [];

    /// <summary>Looks for some numbers.</summary>
    public static TakenNumbers Read(IEnumerable<int> wanted)
    {
        var numbers = new TakenNumbers();
        HashSet<int> asked = [.. wanted];
        foreach (int processId in DescriptorTable.Processes())
        {
            // A group or session keeps its number as long as it has members, even when its leader has ended.
            if (GroupNumbers.Read(processId) is ({ } group, { } session))
            {
                if (asked.Contains(group))
                {
                    numbers._holders.TryAdd(group, $"the process group of {OutsideHolders.NameOf(processId)}");
                }

                if (asked.Contains(session))
                {
                    numbers._holders.TryAdd(session, $"the session of {OutsideHolders.NameOf(processId)}");
                }
            }
        }

        foreach (int number in asked)
        {
            // A thread has such a directory too, though it is not listed.
            if (Directory.Exists($"/proc/{number}"))
            {
                numbers._holders[number] = HolderOf(number);
            }
        }

        return numbers;
    }

    public bool Contains(int number) => _holders.ContainsKey(number);

    /// <summary>Who has it, for people.</summary>
    public string Holder(int number) => _holders[number];

    private static string HolderOf(int number)
    {
        string? group = null;
        try
        {
            group = File.ReadLines($"/proc/{number}/status").FirstOrDefault(static line => line.StartsWith("Tgid:", StringComparison.Ordinal))?["Tgid:".Length..].Trim();
        }
        catch (IOException)
        {
            // Gone meanwhile.
        }

        string name = ProcessTree.TryReadStatus(number)?.Name ?? "ended";
        return group is not null && group != $"{number}" ? $"a thread of process {group}, {name}" : $"process {number}, {name}";
    }
}
