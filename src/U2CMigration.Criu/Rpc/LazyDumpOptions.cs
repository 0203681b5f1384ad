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
    /// Asked for each process when CRIU is about to look for its pages, on a thread of its own and while the process is stopped; where it answers true CRIU finds no
    /// page. What CRIU does for each page of a lazy dump, about 55 ms for a GiB, is not done then.
    /// </summary>
    /// <value>Default: null, CRIU looks for itself.</value>
    /// <remarks>
    /// The caller has to add the pages to the images of the processes in <see cref="LazyDump.HiddenProcesses"/> with <see cref="Images.HiddenPages"/> before they are used. A process that is not
    /// in there was dumped by CRIU as usual: hiding needs Linux 5.14, CAP_SYS_ADMIN, CRIU before 4.3 in the namespaces of this process.
    /// </remarks>
    public Func<int, bool>? HidesMemory { get; init; }

    /// <summary>Whether the kernel can tell guard regions (MADV_GUARD_INSTALL, told by PAGEMAP_SCAN from Linux 6.15 on); only for <see cref="HidesMemory"/>.</summary>
    /// <value>Default: false.</value>
    public bool KernelHasGuardRegions { get; init; }
}
