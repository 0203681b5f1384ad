using System.Globalization;
using Microsoft.Win32.SafeHandles;
using U2CMigration.Criu.Interop;

namespace U2CMigration.Criu.Rpc;

/// <summary>The living processes of a stopped tree, each held by a pidfd.</summary>
internal sealed class TaskTree : IDisposable
{
    private readonly List<(int ProcessId, SafeFileHandle Handle)> _tasks = [];

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

    /// <summary>Sends SIGKILL to all, the root first.</summary>
    internal void Kill()
    {
        foreach ((_, SafeFileHandle handle) in _tasks)
        {
            PidFd.TrySignal(handle, PidFd.Kill);
        }
    }

    /// <summary>Completes when no process of the tree executes any more.</summary>
    internal async Task WaitForEndAsync(CancellationToken cancellationToken)
    {
        foreach ((_, SafeFileHandle handle) in _tasks)
        {
            while (!PidFd.HasEnded(handle))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(1), cancellationToken).ConfigureAwait(false);
            }
        }
    }

    public void Dispose() => _tasks.ForEach(static task => task.Handle.Dispose());

    private void Add(int processId)
    {
        SafeFileHandle handle = PidFd.Open(processId);
        if (handle.IsInvalid)
        {
            handle.Dispose();
            return;
        }

        _tasks.Add((processId, handle));
        foreach (string thread in Directory.EnumerateDirectories(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/task")))
        {
            // A child belongs to the thread that made it.
            foreach (string child in File.ReadAllText(Path.Combine(thread, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                Add(int.Parse(child, CultureInfo.InvariantCulture));
            }
        }
    }
}
