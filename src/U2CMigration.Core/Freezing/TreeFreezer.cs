using System.Diagnostics;
using U2CMigration.PageTracking.Processes;

namespace U2CMigration.Core.Freezing;

/// <summary>Freezes a tree by its cgroup in a state in which CRIU can dump it, while its processes come and go.</summary>
/// <param name="group">The cgroup that held exactly the tree when the migration began.</param>
/// <param name="rootProcessId">The root of the tree.</param>
/// <param name="warn">Receives sentences about processes that are in one of the two only.</param>
/// <remarks>
/// A process that waits in vfork for its child stops for nobody until the child has executed a program or ended, which a frozen child does not: CRIU would give up after 10 seconds.
/// Such a moment is let pass, and so is one in which a connection over a unix socket is being made: CRIU cannot dump what was sent before it was accepted. A process of the tree that was moved to another cgroup is not frozen with the others: then CRIU has to stop all of them, as where there is no such group.
/// </remarks>
internal sealed class TreeFreezer(CgroupFreezer group, int rootProcessId, Action<string> warn) : ITreeFreezer
{
    /// <summary>Children execute within a millisecond, as a rule; where one does not, CRIU may try.</summary>
    private static readonly TimeSpan VforkLimit = TimeSpan.FromSeconds(5);

    /// <summary>A server accepts within a millisecond, as a rule; one that does not will not for being waited for.</summary>
    private static readonly TimeSpan ConnectionLimit = TimeSpan.FromMilliseconds(500);

    private bool _holdsTree = true;

    public string Name => group.Name;

    public bool Freezes => _holdsTree;

    public string? CgroupDirectory => _holdsTree ? group.CgroupDirectory : null;

    public string? ThawFile => group.ThawFile;

    public string ThawWord => group.ThawWord;

    public void Freeze(CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            group.Freeze(cancellationToken);
            IReadOnlyList<int> tree = ProcessTree.List(rootProcessId);
            TimeSpan since = Stopwatch.GetElapsedTime(start);
            if ((since > VforkLimit || !HasVfork(tree)) && (since > ConnectionLimit || !UnixConnections.AreBeingMade(rootProcessId, tree)))
            {
                CheckMembers(tree);
                return;
            }

            group.Thaw();
            cancellationToken.ThrowIfCancellationRequested();
            Thread.Sleep(1);
        }
    }

    public void Thaw() => group.Thaw();

    private static bool HasVfork(IReadOnlyList<int> tree) =>
        tree.Any(static child => ProcessTree.TryReadStat(child, out ProcessStat stat) && ProcessTree.SharesMemory(child, stat.ParentProcessId));

    private void CheckMembers(IReadOnlyList<int> tree)
    {
        HashSet<int> members = CgroupDirectories.Members(group.CgroupDirectory);
        if (tree.Where(processId => !members.Contains(processId)).ToList() is [_, ..] outside)
        {
            warn($"{Names(outside)} of the workload left its control group {group.CgroupDirectory}, so that CRIU has to stop the processes one by one.");
            group.Thaw();
            _holdsTree = false;
        }

        members.ExceptWith(tree);
        if (members.Count > 0)
        {
            warn($"{Names(members)} in the control group {group.CgroupDirectory} left the process tree during the migration (its parent ended) and stays on the source.");
        }
    }

    private static string Names(IEnumerable<int> processes) => string.Join(
        ", ", processes.Select(static processId => $"process {processId} ({ProcessTree.TryReadStatus(processId)?.Name ?? "ended"})"));
}
