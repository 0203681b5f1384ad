using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using U2CMigration.Criu.Interop;

namespace U2CMigration.Criu.Workers;

/// <summary>A child process that is always collected, by a thread of its own; or the child of another process, which collects it.</summary>
internal sealed class WorkerProcess
{
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource<int> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SafeFileHandle? _stranger;
    private bool _collected;

    private WorkerProcess(int processId, SafeFileHandle? stranger = null) => (ProcessId, _stranger) = (processId, stranger);

    internal int ProcessId { get; }

    /// <summary>Completes with the exit code, or 128 plus the signal that ended it; -1 when someone else collected it.</summary>
    internal Task<int> Ended => _ended.Task;

    /// <summary>
    /// Whether what is left of its process group is killed when it ends. CRIU's probes of the kernel run in children that stop themselves: when CRIU is killed
    /// meanwhile they stay, and with them its end of the dialogue. Not for a restore: tasks of a shell job live on in the group.
    /// </summary>
    internal bool GroupEndsToo { private get; set; }

    /// <summary>What it says on its standard error; null where that is not kept.</summary>
    internal StandardError? StandardError { get; private init; }

    internal static WorkerProcess Start(string path, IReadOnlyList<string> arguments, IReadOnlyList<SafeHandle> descriptors)
    {
        var words = new StandardError();
        try
        {
            return Watch(ProcessStarter.Start(path, arguments, descriptors, words.Handle), words);
        }
        catch
        {
            words.Keep();
            throw;
        }
    }

    /// <inheritdoc cref="ProcessStarter.StartAtFixedAddresses"/>
    internal static WorkerProcess StartAtFixedAddresses(string path, IReadOnlyList<string> arguments, IReadOnlyList<SafeHandle> descriptors) =>
        Watch(ProcessStarter.StartAtFixedAddresses(path, arguments, descriptors));

    /// <summary>Watches a process that another one has started.</summary>
    internal static WorkerProcess Adopt(int processId) => Watch(new WorkerProcess(processId, PidFd.Open(processId)));

    private static WorkerProcess Watch(int processId, StandardError? words = null) => Watch(new WorkerProcess(processId) { StandardError = words });

    private static WorkerProcess Watch(WorkerProcess process)
    {
        var thread = new Thread(process.Await, maxStackSize: 256 * 1024) { IsBackground = true, Name = "criu worker" };
        thread.Start();
        return process;
    }

    /// <summary>Ends the process and every child that is still in its process group. The group of a process that another one has started is not its own.</summary>
    internal void KillGroup()
    {
        lock (_gate)
        {
            // Before it is collected its number cannot belong to anyone else.
            if (!_collected && _stranger is null)
            {
                PidFd.TrySignalGroup(ProcessId, PidFd.Kill);
            }
            else if (!_collected)
            {
                PidFd.TrySignal(_stranger!, PidFd.Kill);
            }
        }
    }

    /// <summary>Stops the process and all its descendants, also those in sessions of their own, and opens them; null when it has ended.</summary>
    internal TaskTree? StopTree()
    {
        lock (_gate)
        {
            return _collected ? null : TaskTree.OpenStopped(ProcessId);
        }
    }

    private void Await()
    {
        PidFd.WaitForEnd(ProcessId);
        int? status;
        lock (_gate)
        {
            if (GroupEndsToo && _stranger is null)
            {
                PidFd.TrySignalGroup(ProcessId, PidFd.Kill);
            }

            status = _stranger is null ? PidFd.Collect(ProcessId) : null;
            _collected = true;
            _stranger?.Dispose();
        }

        StandardError?.Keep();
        _ended.SetResult(status is int value ? ExitCode(value) : -1);
    }

    private static int ExitCode(int status) => (status & 0x7f) == 0 ? (status >> 8) & 0xff : 128 + (status & 0x7f);
}
