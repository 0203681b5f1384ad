using Microsoft.Win32.SafeHandles;
using U2CMigration.Criu.Interop;

namespace U2CMigration.Criu.Workers;

/// <summary>The living processes of a tree, each held by a pidfd.</summary>
internal sealed class TaskTree : IDisposable
{
    private readonly List<SafeFileHandle> _tasks = [];

    private TaskTree()
    {
    }

    /// <summary>Opens a process and all its descendants. They have to be stopped, else one could be missed.</summary>
    internal static TaskTree Open(int rootProcessId)
    {
        var tree = new TaskTree();
        tree.Add(rootProcessId);
        return tree;
    }

    /// <summary>Stops and opens a process and all its descendants; looks again until no new one has come.</summary>
    internal static TaskTree OpenStopped(int rootProcessId)
    {
        TaskTree tree = Open(rootProcessId);
        while (true)
        {
            tree.Signal(PidFd.Stop);
            TaskTree again = Open(rootProcessId);
            bool complete = again._tasks.Count <= tree._tasks.Count;
            tree.Dispose();
            tree = again;
            if (complete)
            {
                return tree;
            }
        }
    }

    /// <summary>Sends SIGKILL to all, the root first.</summary>
    internal void Kill() => Signal(PidFd.Kill);

    /// <summary>Completes when no process of the tree executes any more.</summary>
    internal async Task WaitForEndAsync(CancellationToken cancellationToken)
    {
        foreach (SafeFileHandle handle in _tasks)
        {
            while (!PidFd.HasEnded(handle))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(1), cancellationToken).ConfigureAwait(false);
            }
        }
    }

    public void Dispose() => _tasks.ForEach(static task => task.Dispose());

    private void Signal(int signal)
    {
        foreach (SafeFileHandle handle in _tasks)
        {
            PidFd.TrySignal(handle, signal);
        }
    }

    private void Add(int processId)
    {
        SafeFileHandle handle = PidFd.Open(processId);
        if (handle.IsInvalid)
        {
            handle.Dispose();
            return;
        }

        _tasks.Add(handle);
        foreach (int child in TaskList.ChildrenOf(processId))
        {
            Add(child);
        }
    }
}
