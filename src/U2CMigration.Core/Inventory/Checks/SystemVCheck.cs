using System.Globalization;
using U2CMigration.Core.Interop;

namespace U2CMigration.Core.Inventory.Checks;

/// <summary>System V memory, semaphores and message queues of the host's IPC namespace, which the workload shares with everybody.</summary>
internal static class SystemVCheck
{
    private const int MaxSemaphores = 64;

    public static IEnumerable<InventoryFinding> Find(WorkloadView view)
    {
        if (HasOwnNamespace(view.Tree[0]))
        {
            yield break;
        }

        foreach (NamedMapping mapping in view.Mappings.Where(static mapping => mapping.Name.StartsWith("/SYSV", StringComparison.Ordinal)).DistinctBy(static mapping => mapping.Inode))
        {
            yield return view.Finding(FindingKind.SystemVMemory, mapping.ProcessId, $"System V memory, segment {mapping.Inode} mapped at {mapping.Address:x}", Reason);
        }

        var tree = view.Tree.ToHashSet();
        foreach ((int id, int count) in Sets(Lines("sem")))
        {
            if (Enumerable.Range(0, Math.Min(count, MaxSemaphores)).Select(number => Semaphores.LastUser(id, number)).FirstOrDefault(tree.Contains) is > 0 and var user)
            {
                yield return view.Finding(FindingKind.SystemVSemaphores, user, $"System V semaphores, set {id}", Reason);
            }
        }

        foreach ((int id, int[] users) in Queues(Lines("msg")))
        {
            if (Array.Find(users, tree.Contains) is > 0 and var user)
            {
                yield return view.Finding(FindingKind.SystemVQueue, user, $"a System V message queue, number {id}", Reason);
            }
        }
    }

    private const string Reason = "it belongs to the IPC namespace of the host, of which CRIU moves nothing";

    /// <summary>The sets: number and size, from <c>/proc/sysvipc/sem</c> (key, semid, perms, nsems, ...).</summary>
    internal static IEnumerable<(int Id, int Count)> Sets(IEnumerable<string[]> lines) =>
        lines.Where(static fields => fields.Length > 3).Select(static fields => (Number(fields[1]), Number(fields[3])));

    /// <summary>The queues: number, and who last sent and received, from <c>/proc/sysvipc/msg</c> (key, msqid, perms, cbytes, qnum, lspid, lrpid, ...).</summary>
    internal static IEnumerable<(int Id, int[] Users)> Queues(IEnumerable<string[]> lines) =>
        lines.Where(static fields => fields.Length > 6).Select(static fields => (Number(fields[1]), (int[])[Number(fields[5]), Number(fields[6])]));

    private static IEnumerable<string[]> Lines(string kind)
    {
        string[] lines;
        try
        {
            lines = File.ReadAllLines($"/proc/sysvipc/{kind}");
        }
        catch (IOException)
        {
            // A kernel without them.
            lines = [];
        }

        return lines.Skip(1).Select(static line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }

    private static int Number(string text) => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number) ? number : 0;

    private static bool HasOwnNamespace(int processId)
    {
        try
        {
            return new FileInfo($"/proc/{processId}/ns/ipc").LinkTarget != new FileInfo("/proc/self/ns/ipc").LinkTarget;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return true;
        }
    }
}
