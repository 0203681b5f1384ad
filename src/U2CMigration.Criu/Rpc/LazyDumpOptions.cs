namespace U2CMigration.Criu.Rpc;

/// <summary>How a <see cref="LazyDump"/> is prepared.</summary>
public sealed record LazyDumpOptions
{
    /// <summary>How CRIU is started. Its command prefix must not change the network namespace; name that in the options.</summary>
    /// <value>Default: CRIU from the PATH.</value>
    public CriuWorkerOptions Worker { get; init; } = new();

    /// <summary>The TCP port that is occupied so that CRIU can not listen.</summary>
    /// <value>Default: 0, any free one.</value>
    public int Port { get; init; }

    /// <summary>
    /// Asked for each process when it is about to be dumped, on any thread, usually while it is stopped; where it answers true CRIU finds no page. What CRIU does for each page of a lazy
    /// dump, 80 ms for a GiB, is not done then, and if all processes are hidden the dump is an ordinary one.
    /// </summary>
    /// <value>Default: null, CRIU looks for itself.</value>
    /// <remarks>
    /// The caller has to add the pages to the images of the processes in <see cref="LazyDump.HiddenProcesses"/> with <see cref="Images.HiddenPages"/>, and their guard regions with
    /// <see cref="Images.HiddenGuards"/>, before they are used. A process that is not in there was dumped by CRIU as usual: hiding needs x86-64, CAP_SYS_ADMIN, CAP_SYS_PTRACE, and CRIU
    /// 3.18 or newer in the PID and mount namespace of this process.
    /// </remarks>
    public Func<int, bool>? HidesMemory { get; init; }

    /// <summary>
    /// Asked for each memfd, shared anonymous memory, System V segment or deleted file that CRIU is about to copy, with a path that leads to it, on any thread, while the tasks are stopped; where it answers true CRIU
    /// finds it empty. The caller brings the content to the restore by itself (<see cref="Images.MemoryFileImages"/>).
    /// </summary>
    /// <value>Default: null, CRIU copies all. Where it cannot be done (x86-64, Linux 5.13 and a CRIU with a shared C library are needed) CRIU copies all too, and that is logged.</value>
    public Func<string, bool>? OmitsContent { get; init; }

    /// <summary>Asked once when the tasks are stopped: whether <see cref="OmitsContent"/> can answer true at all. If not, CRIU is not watched, which saves up to 20 ms of the dump.</summary>
    /// <value>Default: it can.</value>
    public Func<bool> HasContentToOmit { get; init; } = static () => true;

    /// <summary>Called with the worker right before it is led to what was covered, so that tests can let that fail.</summary>
    internal Action<int>? Exchanging { get; init; }
}
