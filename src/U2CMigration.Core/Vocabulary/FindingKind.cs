namespace U2CMigration.Core.Inventory;

/// <summary>What was found.</summary>
public enum FindingKind
{
    /// <summary>A pipe or FIFO whose other end a process outside the workload has.</summary>
    OutsidePipe,

    /// <summary>An event counter (eventfd) that a process outside has as well.</summary>
    OutsideEvent,

    /// <summary>A socket that a process outside has open as well.</summary>
    OutsideSocket,

    /// <summary>Memory that a process outside has mapped or open as well.</summary>
    OutsideMemory,

    /// <summary>A unix stream connected to a process outside.</summary>
    OutsideStream,

    /// <summary>A unix datagram socket connected to the named socket of a process outside.</summary>
    OutsideDatagrams,

    /// <summary>A unix datagram socket to which processes outside are connected.</summary>
    OutsideSenders,

    /// <summary>A TCP connection with a process of the same host that does not move, or on an address that does not.</summary>
    LocalConnection,

    /// <summary>A multipath TCP socket.</summary>
    MultipathTcp,

    /// <summary>A socket of a kind that CRIU cannot move.</summary>
    SocketKind,

    /// <summary>An io_uring.</summary>
    IoUring,

    /// <summary>An object of the kernel that CRIU cannot move: userfaultfd, perf event, BPF program and others.</summary>
    KernelObject,

    /// <summary>A descriptor of a process outside the workload (pidfd).</summary>
    ProcessDescriptor,

    /// <summary>A device that CRIU cannot move.</summary>
    Device,

    /// <summary>A terminal whose other end a process outside has.</summary>
    Terminal,

    /// <summary>A watched file (inotify, fanotify) whose file system does not tell its path.</summary>
    WatchedFile,

    /// <summary>A POSIX message queue.</summary>
    MessageQueue,

    /// <summary>Memory that not even the kernel may read (memfd_secret).</summary>
    SecretMemory,

    /// <summary>Mapped memory of a device.</summary>
    DeviceMemory,

    /// <summary>System V shared memory outside an IPC namespace of the workload's own.</summary>
    SystemVMemory,

    /// <summary>System V semaphores outside an IPC namespace of the workload's own.</summary>
    SystemVSemaphores,

    /// <summary>A System V message queue outside an IPC namespace of the workload's own.</summary>
    SystemVQueue,

    /// <summary>A process in another PID, IPC, UTS or time namespace than the root of its tree.</summary>
    NestedNamespace,

    /// <summary>A root in a PID namespace of its own, whose first process it is not.</summary>
    PartOfNamespace,
}
