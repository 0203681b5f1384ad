using U2CMigration.PageTracking.Processes;

namespace U2CMigration.Core.Inventory;

/// <summary>Tells which processes a tree has started, also those that came after its processes were listed.</summary>
/// <param name="tree">The processes that are known.</param>
internal sealed class Descent(IEnumerable<int> tree)
{
    private readonly Dictionary<int, bool> _known = tree.ToDictionary(static processId => processId, static _ => true);

    /// <summary>Whether a process belongs to the tree, or one of its parents does.</summary>
    public bool Includes(int processId)
    {
        if (processId <= 1)
        {
            return _known.GetValueOrDefault(processId);
        }

        if (_known.TryGetValue(processId, out bool known))
        {
            return known;
        }

        // Each process is asked once, however many descend from it. Numbers are not followed in circles: this one has its answer while its parents are asked.
        _known[processId] = false;
        return _known[processId] = ProcessTree.TryReadStat(processId, out ProcessStat stat) && Includes(stat.ParentProcessId);
    }
}
